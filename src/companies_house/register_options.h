// Where the register is.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "base/result.h"

namespace counsel::companies_house {

inline constexpr const char* kDefaultApiUrl = "https://api.company-information.service.gov.uk";
inline constexpr const char* kDefaultDocumentUrl = "https://document-api.company-information.service.gov.uk";

// An address that the key may be sent to: https (http to a loopback address), a host, nothing behind it. Returns it
// without a slash at its end; kInvalidArgument.
[[nodiscard]] Result<std::string> CheckRegisterUrl(std::string_view url);

struct RegisterOptions {
  RegisterOptions() = default;
  std::string api_url = kDefaultApiUrl;
  std::string document_url = kDefaultDocumentUrl;
  std::string ca_file;  // "": the system's authorities
  // filing_descriptions.h; may be missing. "": none.
  std::filesystem::path descriptions_file;
  // Ours alone, for the socket of the child that asks (outgoing/outgoing.h); "": one is made.
  std::filesystem::path socket_folder;
};

}  // namespace counsel::companies_house
