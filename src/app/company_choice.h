// Which company a command means.
#pragma once

#include <string>

#include "app/commands.h"
#include "app/daemon_client.h"
#include "app/run_command.h"

namespace counsel::app {

// "wait=600&fresh=true": the register's limit is waited for.
[[nodiscard]] std::string RegisterQuery(const CompanyOptions& options);

// The API's reply to a search for options.text, with options.filters where there are some.
[[nodiscard]] boost::asio::awaitable<Result<Json>> SearchCompanies(DaemonClient& daemon, const CompanyOptions& options);

struct ChosenCompany {
  ChosenCompany() = default;
  std::string number;
  int status = kExitOk;  // when there is no number
};

// The company that options.text means: a number as it is, a name only when it is one company's alone. Several are
// listed on stdout; kNotFound.
[[nodiscard]] boost::asio::awaitable<Result<ChosenCompany>> ChooseCompany(DaemonClient& daemon,
                                                                          const CompanyOptions& options);

}  // namespace counsel::app
