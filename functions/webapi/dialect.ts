/** How a dialect of the WebAPI spells what the table of operations says. */
export interface Dialect {
  readonly requestElement: (operation: string) => string;
  readonly responseElement: (operation: string) => string;
  readonly soapAction: (operation: string) => string;
  /** Spells the name of a field, given in camelCase. */
  readonly field: (name: string) => string;
}

/** `service.php`: camelCase, a capital letter at the request element only, wrapped lists. */
export const DOCUMENT_LITERAL: Dialect = {
  requestElement: (operation) => `${operation.charAt(0).toUpperCase()}${operation.slice(1)}Request`,
  responseElement: (operation) => `${operation}Response`,
  soapAction: (operation) => `#${operation}`,
  field: (name) => name,
};
