/** The code that ajv writes for the schema; bundle.ts puts it in. */
declare module "ajv-standalone" {
  export default function valid(event: unknown): boolean;
}
