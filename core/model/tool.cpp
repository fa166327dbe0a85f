#include "core/model/tool.h"

namespace reef {
namespace {

json::Value to_json(const Exports& exports) {
  json::Value env = json::Value::object();
  for (const auto& [name, variable] : exports.env) {
    using Kind = Exports::Variable::Kind;
    if (variable.kind == Kind::set)
      env[name] = variable.value;
    else
      env[name] = {{variable.kind == Kind::prepend ? "prepend" : "append", variable.value}};
  }
  json::Value values = json::Value::object();
  for (const auto& [name, texts] : exports.values) values[name] = texts;
  return {{"env", std::move(env)}, {"values", std::move(values)}};
}

}  // namespace

json::Value to_json(const FoundTool& tool) {
  json::Value provides = json::Value::object();
  for (const auto& [capability, version] : tool.provides) provides[capability] = version.text();
  json::Value files = json::Value::object();
  for (const auto& [path, file] : tool.files)
    files[path] = {{"real_path", file.real_path}, {"sha256", file.digest}};
  return {{"name", tool.name},
          {"version", tool.version.text()},
          {"path", tool.path},
          {"real_path", tool.real_path},
          {"sha256", tool.digest},
          {"files", std::move(files)},
          {"provides", std::move(provides)},
          {"exports", to_json(tool.exports)}};
}

}  // namespace reef
