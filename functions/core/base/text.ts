export interface BilingualText {
  readonly pl: string;
  readonly en: string;
}
