# The closure as CycloneDX; the same bytes every time, wherever the home is.
$ export REEF_PACKAGES=$PWD/packages
$ reef sbom whole | grep -v '"serialNumber"'
{
  "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
  "bomFormat": "CycloneDX",
  "components": [
    {
      "authors": [
        {
          "name": "Ada"
        }
      ],
      "bom-ref": "part@1.2.0",
      "data": [
        {
          "name": "part",
          "type": "dataset"
        }
      ],
      "description": "Two small files",
      "licenses": [
        {
          "license": {
            "id": "CC-BY-4.0"
          }
        }
      ],
      "name": "part",
      "properties": [
        {
          "name": "reef:package-digest",
          "value": "$DIGEST"
        },
        {
          "name": "reef:build-key",
          "value": "$DIGEST"
        }
      ],
      "purl": "pkg:generic/part@1.2.0",
      "type": "data",
      "version": "1.2.0"
    }
  ],
  "dependencies": [
    {
      "dependsOn": [],
      "ref": "part@1.2.0"
    },
    {
      "dependsOn": [
        "part@1.2.0"
      ],
      "ref": "whole@1.0.0"
    }
  ],
  "metadata": {
    "component": {
      "bom-ref": "whole@1.0.0",
      "description": "A model of nothing",
      "licenses": [
        {
          "expression": "MIT OR Apache-2.0"
        }
      ],
      "modelCard": {
        "modelParameters": {
          "datasets": [
            {
              "ref": "part@1.2.0"
            }
          ],
          "task": "image-classification"
        },
        "properties": [
          {
            "name": "reef:option:size",
            "value": "s"
          }
        ]
      },
      "name": "whole",
      "properties": [
        {
          "name": "reef:package-digest",
          "value": "$DIGEST"
        },
        {
          "name": "reef:build-key",
          "value": "$DIGEST"
        },
        {
          "name": "reef:option:size",
          "value": "s"
        }
      ],
      "purl": "pkg:generic/whole@1.0.0",
      "tags": [
        "image-classification"
      ],
      "type": "machine-learning-model",
      "version": "1.0.0"
    },
    "properties": [
      {
        "name": "reef:platform",
        "value": "linux-x86_64"
      }
    ],
    "tools": {
      "components": [
        {
          "name": "reef",
          "type": "application",
          "version": "0.1.0"
        }
      ]
    }
  },
  "specVersion": "1.6",
  "version": 1
}
$ reef sbom whole > one.json && export REEF_HOME=$REEF_HOME-2 && reef install whole --quiet > /dev/null && reef sbom whole -o two.json && cmp one.json two.json
wrote two.json: 2 components
$ reef sbom whole --with size=l --json | grep -c reef:option:size
2
$ reef sbom whole -o - > three.json && cmp one.json three.json && ls ./- nowhere
! ls: cannot access './-': No such file or directory
! ls: cannot access 'nowhere': No such file or directory
? 2
$ reef sbom whole -o nowhere/bom.json
! error: there is no folder `$DIR/nowhere`
! hint: make it first: `mkdir -p`
? 4
$ reef sbom whoel
! error: there is no package `whoel` in the packages in `$DIR/packages` and `$SOURCE/packages`
! hint: did you mean `whole`?
? 4
