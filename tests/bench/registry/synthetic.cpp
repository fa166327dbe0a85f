#include "tests/bench/registry/synthetic.h"

#include <algorithm>

namespace reef::bench {
namespace {

// Closures stand one after the other at the start; the rest depends on itself only.

std::uint64_t scrambled(std::uint64_t value) {  // splitmix64's finaliser
  value += 0x9e3779b97f4a7c15;
  value = (value ^ (value >> 30U)) * 0xbf58476d1ce4e5b9;
  value = (value ^ (value >> 27U)) * 0x94d049bb133111eb;
  return value ^ (value >> 31U);
}

struct Block {
  std::size_t first = 0;
  std::size_t size = 0;
};

Block block_of(std::size_t index, std::size_t names) {
  std::size_t first = 0;
  for (const std::size_t size : Synthetic::kClosures) {
    if (index < first + size) return {first, size};
    first += size;
  }
  return {first, names - first};
}

}  // namespace

std::string Synthetic::name(std::size_t index) const {
  std::size_t first = 0;
  for (const std::size_t size : Synthetic::kClosures) {
    if (index == first) return fmt::format("c{}", size);
    first += size;
  }
  return fmt::format("{:08x}-{}", scrambled(index) >> 32U, index);
}

// A tree through the block, so that all of it is reached, and three more at random further on.
std::vector<std::size_t> Synthetic::targets(std::size_t index) const {
  const Block block = block_of(index, names_);
  const std::size_t own = index - block.first;
  std::vector<std::size_t> out;
  const auto add = [&](std::size_t target) {
    if (target > own && target < block.size &&
        std::find(out.begin(), out.end(), block.first + target) == out.end())
      out.push_back(block.first + target);
  };
  add(2 * own + 1);
  add(2 * own + 2);
  for (std::uint64_t i = 0; i < 3 && own + 1 < block.size; ++i)
    add(own + 1 + scrambled(index * 8 + i) % (block.size - own - 1));
  return out;
}

std::vector<std::size_t> Synthetic::closure(std::size_t size) const {
  std::vector<std::size_t> out;
  std::size_t first = 0;
  for (const std::size_t each : Synthetic::kClosures) {
    for (std::size_t i = 0; each == size && i < size; ++i) out.push_back(first + i);
    first += each;
  }
  return out;
}

IndexedPackage Synthetic::package(std::size_t index) const {
  IndexedPackage out;
  out.name = name(index);
  const std::vector<std::size_t> wanted = targets(index);
  for (std::size_t v = versions_; v-- > 0;) {
    Manifest manifest;
    manifest.name = out.name;
    manifest.version = Version::of({1, v, index % 7});
    manifest.kind = PackageKind::library;
    manifest.summary = fmt::format("Synthetic package number {} for measuring", index);
    manifest.license = "MIT";
    manifest.tags = {"synthetic"};
    if (index % 10 == 0) manifest.provides[fmt::format("capability-{}", index % 1000)] = manifest.version;
    for (const std::size_t target : wanted) {
      Dependency dependency;
      dependency.role = fmt::format("role-{}", target % 100);
      dependency.package = name(target);
      dependency.version = VersionRange::parse(fmt::format(">=1.{}", v / 2)).value();
      dependency.place = {"", 10 + target % 7, 5, {}};
      manifest.dependencies.push_back(std::move(dependency));
    }
    if (index % 5 == 0) {
      Variation variation{"precision", "", {"fp32"}, {}, {}};
      for (const char* option : {"fp32", "int8"}) variation.options.emplace_back().name = option;
      manifest.variations.push_back(std::move(variation));
    }
    const std::string path = fmt::format("{}-{}/reef.json", out.name, manifest.version.text());
    out.versions.push_back(indexed_version(manifest, {path, {}}));
    out.versions.back().digest = sha256(path);
  }
  return out;
}

std::string Synthetic::manifest(std::size_t index) const {
  json::Value out = {{"reef", 1}, {"name", name(index)}, {"version", "1.0.0"}, {"kind", "library"}};
  out["summary"] = fmt::format("Synthetic package number {} for measuring", index);
  out["dependencies"] = json::Value::object();
  for (const std::size_t target : targets(index))
    out["dependencies"][fmt::format("role-{}", target)] = {{"package", name(target)}, {"version", "^1"}};
  if (index % 5 == 0) out["variations"] = {{"precision", {{"options", {{"fp32", json::Value::object()}}}}}};
  return json::write_sorted(out);
}

}  // namespace reef::bench
