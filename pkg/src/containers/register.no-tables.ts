/** Lets no input be a container. */
export function registerContainers(): void {}
