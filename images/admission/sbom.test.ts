import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { strToU8, zipSync } from "fflate";
import { saveImage } from "../store/store.ts";
import type { ImageEntry } from "../writer/entries.ts";
import { writeImage } from "../writer/image.ts";
import { checkLayers } from "./imageFiles.ts";
import { MAX_PACKAGE_FILE_BYTES } from "./limits.ts";
import { imageSbom } from "./sbom.ts";

const file = (path: string, data: string | Uint8Array): ImageEntry => ({
  kind: "file",
  path,
  mode: 0o644,
  data: Buffer.from(data),
});

type Component = { readonly name: string; readonly version: string; readonly purl: string };

async function componentsOf(
  ...layers: readonly (readonly ImageEntry[])[]
): Promise<readonly Component[]> {
  const store = await mkdtemp(join(tmpdir(), "delchain-sbom-"));
  try {
    const image = await writeImage({
      platform: "linux/amd64",
      layers,
      config: { entrypoint: ["/a"] },
    });
    await saveImage(store, image);
    const files = await checkLayers(
      store,
      image.layers.map(({ hash }) => hash),
    );
    const { components } = (await imageSbom(image.digest, files)) as { components: Component[] };
    return components;
  } finally {
    await rm(store, { recursive: true });
  }
}

const purlsOf = async (...entries: readonly ImageEntry[]): Promise<readonly string[]> =>
  (await componentsOf(entries)).map(({ purl }) => purl);

test("an image's document names its digest and its packages, and is the same each time", async () => {
  const store = await mkdtemp(join(tmpdir(), "delchain-sbom-"));
  try {
    const entries = [
      file(
        "var/lib/dpkg/status.d/libc6",
        "Package: libc6\nVersion: 2.36-9+deb12u13\nArchitecture: amd64\n",
      ),
    ];
    const image = await writeImage({
      platform: "linux/amd64",
      layers: [entries],
      config: { entrypoint: ["/a"] },
    });
    await saveImage(store, image);
    const purl = "pkg:deb/debian/libc6@2.36-9%2Bdeb12u13?arch=amd64";
    assert.deepEqual(
      await imageSbom(image.digest, await checkLayers(store, [image.layers[0]?.hash ?? ""])),
      {
        bomFormat: "CycloneDX",
        specVersion: "1.6",
        version: 1,
        metadata: { component: { type: "container", "bom-ref": image.digest, name: image.digest } },
        components: [
          { type: "library", "bom-ref": purl, name: "libc6", version: "2.36-9+deb12u13", purl },
        ],
      },
    );
  } finally {
    await rm(store, { recursive: true });
  }
});

test("Debian's status lists what is installed, with the distribution that os-release names", async () => {
  const status = [
    "Package: openssl\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1:3.0.11\nDescription: text\n more: of it",
    "Package: gone\nStatus: deinstall ok config-files\nVersion: 1",
    "Package: unnamed",
  ].join("\n\n");
  assert.deepEqual(
    await purlsOf(
      file("var/lib/dpkg/status", status),
      file("etc/os-release", 'NAME="Ubuntu"\nID=ubuntu\n'),
    ),
    ["pkg:deb/ubuntu/openssl@1:3.0.11?arch=amd64"],
  );
});

test("Alpine's, npm's, Composer's, Python's and Java's own descriptions are read", async () => {
  const maven = zipSync({
    "META-INF/maven/org.ow2.asm/asm/pom.properties": strToU8(
      "#x\r\nartifactId=asm\r\ngroupId=org.ow2.asm\r\nversion=9.4\r\n",
    ),
    "META-INF/MANIFEST.MF": strToU8("Implementation-Title: other\nImplementation-Version: 1\n"),
  });
  const bundle = zipSync({
    "META-INF/MANIFEST.MF": strToU8(
      "Manifest-Version: 1.0\r\nBundle-SymbolicName: org.sample;singleton:=true\r\nBundle-Version: 2.0\r\n",
    ),
  });
  assert.deepEqual(
    await purlsOf(
      file("lib/apk/db/installed", "C:Q1abc\nP:musl\nV:1.2.4-r2\nA:x86_64\n\nP:no-version\n"),
      file("app/node_modules/@scope/tool/package.json", '{"name":"@scope/tool","version":"1.0.0"}'),
      file("app/node_modules/tool/lib/package.json", '{"name":"inner","version":"9"}'),
      file("app/package.json", '{"name":"own","version":"0"}'),
      file(
        "app/vendor/composer/installed.json",
        '{"packages":[null,{"name":"brick/math","version":"v0.12.1"},{"name":1}]}',
      ),
      file(
        "usr/lib/python3/dist-packages/Foo_Bar-1.5.dist-info/METADATA",
        "Metadata-Version: 2.1\nName: Foo_Bar\nVersion: 1.5\n\nName: body\nVersion: 2\n",
      ),
      file("app/asm.jar", maven),
      file("app/sample.jar", bundle),
    ),
    [
      "pkg:apk/alpine/musl@1.2.4-r2?arch=x86_64",
      "pkg:composer/brick/math@0.12.1",
      "pkg:maven/org.ow2.asm/asm@9.4",
      "pkg:maven/org.sample@2.0",
      "pkg:npm/%40scope/tool@1.0.0",
      "pkg:pypi/foo-bar@1.5",
    ],
  );
});

test("a jar's descriptions are read until they have MAX_PACKAGE_FILE_BYTES together", async () => {
  const pom = (name: string) => strToU8(`artifactId=${name}\nversion=1\n`);
  const [first, last] = [pom("first"), pom("last")];
  const jarOf = (bytes: number) => {
    const files = {
      "META-INF/maven/a/pom.properties": first,
      "META-INF/maven/b/pom.properties": new Uint8Array(bytes - first.length - last.length),
      "META-INF/maven/c/pom.properties": last,
    };
    return zipSync(files, { level: 1 });
  };
  const found = await purlsOf(file("a.jar", jarOf(MAX_PACKAGE_FILE_BYTES)));
  assert.deepEqual(found, ["pkg:maven/first@1", "pkg:maven/last@1"]);
  assert.deepEqual(await purlsOf(file("a.jar", jarOf(MAX_PACKAGE_FILE_BYTES + 1))), [
    "pkg:maven/first@1",
  ]);
});

test("what is damaged names no package, and what a later layer has replaced is not counted", async () => {
  assert.deepEqual(
    await purlsOf(
      file("app/node_modules/a/package.json", "{"),
      file("app/node_modules/b/package.json", "[]"),
      file("app/vendor/composer/installed.json", "null"),
      file("app/node_modules/c/package.json", '{"name":"c","version":"\\ud800"}'),
      file("app/broken.jar", "PK no zip"),
    ),
    ["pkg:npm/c@%EF%BF%BD"],
  );
  const status = (version: string): ImageEntry =>
    file("var/lib/dpkg/status.d/a", `Package: a\nVersion: ${version}\n`);
  assert.deepEqual(
    (await componentsOf([status("1")], [status("2")])).map(({ purl }) => purl),
    ["pkg:deb/debian/a@2"],
  );
});
