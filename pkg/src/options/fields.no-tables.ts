// no option of a part without tables names a field

export const MAP_FIELDS = "";
export const SET_FIELDS = "";

export function isMapField(): boolean {
  return false;
}

export function isSetField(): boolean {
  return false;
}

export function didYouMean(): string {
  return "";
}
