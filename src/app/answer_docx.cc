#include "app/answer_docx.h"

#include <cstdio>

#include "app/saved_reply.h"
#include "app/terminal.h"
#include "net/http.h"

namespace counsel::app {

boost::asio::awaitable<Result<void>> SaveAnswer(DaemonClient& daemon, const std::string& number,
                                                const DocxOptions& options) {
  const std::string target = "/api/record/" + net::PercentEncode(number) + "/docx";
  const Json body = {{"checked_only", options.checked_only}, {"conversation", options.conversation}};
  co_return co_await SaveReply(daemon, "POST", target, body, options.file);
}

void PrintSaved(const DocxOptions& options) {
  std::printf("Written to %s: footnotes stand behind what was checked.\n", Printable(options.file).c_str());
}

}  // namespace counsel::app
