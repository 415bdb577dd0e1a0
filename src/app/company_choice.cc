#include "app/company_choice.h"

#include <algorithm>
#include <cstdio>
#include <utility>

#include "app/company_text.h"
#include "companies_house/company_number.h"

namespace counsel::app {

namespace asio = boost::asio;

std::string RegisterQuery(const CompanyOptions& options) {
  return std::string("wait=600") + (options.fresh ? "&fresh=true" : "");
}

asio::awaitable<Result<Json>> SearchCompanies(DaemonClient& daemon, const CompanyOptions& options) {
  std::string filters;
  for (const auto& [name, value] : options.filters) {
    if (!value.empty()) filters += "&" + name + "=" + net::PercentEncode(value);
  }
  const std::string target = (filters.empty() ? "/api/companies?q=" : "/api/companies/search?q=") +
                             net::PercentEncode(options.text) + filters +
                             "&limit=" + std::to_string(std::min(options.limit, filters.empty() ? 1'000 : 10'000)) +
                             "&" + RegisterQuery(options);
  const Json nothing;
  co_return co_await daemon.Call("GET", target, nothing);
}

asio::awaitable<Result<ChosenCompany>> ChooseCompany(DaemonClient& daemon, const CompanyOptions& options) {
  ChosenCompany chosen;
  if (companies_house::LooksLikeNumber(options.text)) {
    Result<std::string> number = companies_house::NormaliseNumber(options.text);
    if (!number) co_return Fail(std::move(number.error()));
    chosen.number = *number;
    co_return chosen;
  }
  const Result<Json> found = co_await SearchCompanies(daemon, options);
  if (!found) co_return Fail(found.error());
  const Json& companies = (*found)["companies"];
  if (companies.empty()) {
    co_return Fail(ErrorCode::kNotFound, "The register has no company '" + options.text + "'.",
                   "Try fewer words, or its number.");
  }
  if (companies.size() == 1 && found->value("total", std::int64_t{1}) <= 1) {
    chosen.number = companies[0].value("number", "");
    co_return chosen;
  }
  chosen.status = kExitUsage;
  if (options.json) {
    PrintJson(*found);
  } else {
    std::fprintf(stderr, "counsel: %lld companies match; say which by its number.\n",
                 static_cast<long long>(found->value("total", std::int64_t{0})));
    std::fputs(CompaniesText(companies).c_str(), stdout);
  }
  co_return chosen;
}

}  // namespace counsel::app
