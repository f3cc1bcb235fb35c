import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { projectJsonSchema, SCHEMA_FILE } from "./projectSchema.ts";

test("the schema that editors read is that of the project file", () => {
  const committed = readFileSync(SCHEMA_FILE, "utf8");
  assert.equal(committed, projectJsonSchema(), "run `npm run build:schema` and commit");
});

test("it tells an editor every field, with its limits and what it is for", () => {
  const { properties, additionalProperties } = JSON.parse(projectJsonSchema());
  assert.equal(additionalProperties, false);
  const { upgrade, hosting } = properties.container.properties;
  assert.deepEqual(upgrade.required, ["admin", "approvers", "timelock", "keep", "migrateBack"]);
  assert.equal(upgrade.properties.approvers.maxItems, 16);
  assert.equal(hosting.properties.replicas.maximum, 61);
  const undescribed = Object.entries(properties)
    .filter(([, field]) => !(field as { description?: string }).description)
    .map(([name]) => name);
  assert.deepEqual(undescribed, []);
});
