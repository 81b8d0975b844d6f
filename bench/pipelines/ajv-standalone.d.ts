/** The code that ajv generates for the schema. bundle.ts adds it. */
declare module "ajv-standalone" {
  export default function valid(event: unknown): boolean;
}
