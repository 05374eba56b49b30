export interface NoModel {
  readonly size: number;
}
