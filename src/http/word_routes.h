// What is given as a Word document (word/document.h).
#pragma once

#include <string>
#include <vector>

#include "http/routes.h"

namespace counsel::http {

void AddWordRoutes(std::vector<Route>& routes);

// Replies with the bytes of a Word document, to be saved as `name`.
[[nodiscard]] boost::asio::awaitable<Result<void>> SendDocx(Call& call, std::string bytes, const std::string& name);

}  // namespace counsel::http
