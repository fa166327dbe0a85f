#pragma once

#include "core/ops/plan.h"

namespace reef::ops {

// The closure of a plan as a software bill of materials: CycloneDX 1.6 in JSON (ECMA-424; cyclonedx.org). The
// packages with their licences, digests and sources, the host's tools that take part, who depends on whom,
// and for models a model card (ML-BOM). Without times and random numbers: the same closure on the same host
// gives the same bytes; the serial number is made of them.
json::Value sbom_of(const Plan& plan);

}  // namespace reef::ops
