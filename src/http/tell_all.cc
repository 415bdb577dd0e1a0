#include "http/tell_all.h"

#include <string>

#include "http/event_queue.h"

namespace counsel::http {

void TellAll(Services& services, std::string_view name, const Json& data) {
  const std::string text = Dump(data);
  for (EventQueue* const queue : services.event_queues) queue->Push(name, text);
}

}  // namespace counsel::http
