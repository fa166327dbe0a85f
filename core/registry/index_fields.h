#pragma once

#include <type_traits>

#include "core/model/manifest.h"

// What a binary index keeps of the parts of a manifest, and in which order: one list for writing and reading.
// An archive is called with each field in turn.
namespace reef::index_fields {

template <class T, class Part>
concept Is = std::is_same_v<std::remove_const_t<T>, Part>;

template <class Archive, Is<Condition> T>
void fields(Archive& archive, T& condition) {
  archive(condition.with);
  archive(condition.os);
  archive(condition.arch);
  archive(condition.libc);
  archive(condition.accelerator);
  archive(condition.packages);
  archive(condition.all);
  archive(condition.any);
  archive(condition.negated);
}

template <class Archive, Is<Dependency> T>
void fields(Archive& archive, T& dependency) {
  archive(dependency.role);
  archive(dependency.package);
  archive(dependency.capability);
  archive(dependency.version);
  archive(dependency.purpose, Purpose::both);
  archive(dependency.with);
  archive(dependency.when);
  archive(dependency.place);
}

template <class Archive, Is<Option> T>
void fields(Archive& archive, T& option) {
  archive(option.name);
  archive(option.dependencies);
  archive(option.conflicts);
  archive(option.package_conflicts);
  archive(option.when);
  archive(option.place);
}

template <class Archive, Is<Variation> T>
void fields(Archive& archive, T& variation) {
  archive(variation.group);
  archive(variation.defaults);
  archive(variation.options);
  archive(variation.place);
}

// Of a manifest only what the solver reads.
template <class Archive, Is<Manifest> T>
void fields(Archive& archive, T& manifest) {
  archive(manifest.place);
  archive(manifest.provides);
  archive(manifest.dependencies);
  archive(manifest.variations);
}

}  // namespace reef::index_fields
