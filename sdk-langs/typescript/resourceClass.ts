/** Classes of resources, by the numbers that the system contracts have for them. */
export const RESOURCE_CLASSES = ["small", "medium", "large"] as const;

export type ResourceClass = (typeof RESOURCE_CLASSES)[number];
