/** Does nothing: an option cannot name a preset here. */
export function assertPreset(): void {}
