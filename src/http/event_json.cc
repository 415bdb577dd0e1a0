// The events of the pool, as /api/events tells them.
#include <string_view>
#include <utility>
#include <variant>

#include "http/json.h"

namespace counsel::http {
namespace {

std::pair<std::string_view, Json> EventJson(const models::ModelChange& event) {
  return {"model",
          {{"model", event.model},
           {"state", models::ModelStateName(event.state)},
           {"progress", event.progress},
           {"reason", event.reason},
           {"load", LoadJson(event.load)}}};
}

std::pair<std::string_view, Json> EventJson(const models::Eviction& event) {
  return {"eviction",
          {{"model", event.model},
           {"cause", models::EvictionCauseName(event.cause)},
           {"for", event.for_model.empty() ? Json(nullptr) : Json(event.for_model)},
           {"frees", FootprintJson(event.frees)},
           {"reason", event.reason}}};
}

std::pair<std::string_view, Json> EventJson(const models::LoadReduced& event) {
  return {"ladder", {{"model", event.model}, {"rung", event.rung}, {"reduced", event.reduced}, {"why", event.why}}};
}

std::pair<std::string_view, Json> EventJson(const models::PressureChange& event) {
  return {"pressure",
          {{"before", host::PressureLevelName(event.before)},
           {"level", host::PressureLevelName(event.level)},
           {"headroom", event.headroom_bytes},
           {"margin", event.margin_bytes}}};
}

}  // namespace

Json LoadJson(const std::optional<models::LoadFigures>& load) {
  if (!load) return nullptr;
  return {{"bytes", load->bytes},
          {"bytes_loaded", load->bytes_loaded},
          {"bytes_per_second", OrNull(load->bytes_per_second)},
          {"seconds_left", OrNull(load->seconds_left)}};
}

std::pair<std::string_view, Json> PoolEventJson(const models::PoolEvent& event) {
  return std::visit([](const auto& what) { return EventJson(what); }, event);
}

}  // namespace counsel::http
