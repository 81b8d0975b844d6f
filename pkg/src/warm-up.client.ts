/** Has no check to compile. */
export function warmUp(): void {}
