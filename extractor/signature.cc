#include "extractor/signature.h"

#include <algorithm>
#include <memory>

#include <openssl/cms.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "base/utf8.h"

namespace counsel::extractor {
namespace {

struct FreeAll {
  void operator()(CMS_ContentInfo* cms) const { CMS_ContentInfo_free(cms); }
  void operator()(BIO* bio) const { BIO_free_all(bio); }
  void operator()(STACK_OF(X509) * stack) const { sk_X509_free(stack); }
  void operator()(STACK_OF(OPENSSL_STRING) * stack) const { X509_email_free(stack); }
};
template <class T>
using Owned = std::unique_ptr<T, FreeAll>;

constexpr std::size_t kLongest = 200;  // of a name in a note

// As people read it, on one line.
std::string Clean(std::string_view text) {
  std::string line = RepairUtf8(text.substr(0, kLongest));
  std::replace_if(
      line.begin(), line.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }, ' ');
  return line;
}

// The common name, else the organisation; "" when it has neither.
std::string NameIn(const X509_NAME* name) {
  for (const int kind : {NID_commonName, NID_organizationName}) {
    const int at = X509_NAME_get_index_by_NID(name, kind, -1);
    if (at < 0) continue;
    unsigned char* utf8 = nullptr;
    const int size = ASN1_STRING_to_UTF8(&utf8, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at)));
    if (size < 0) continue;
    std::string text(reinterpret_cast<const char*>(utf8), static_cast<std::size_t>(size));
    OPENSSL_free(utf8);
    return Clean(text);
  }
  return "";
}

std::string Lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return lower;
}

// "Ann Archer <ann@firm.example>, by a certificate of Example CA"; *matches: an address of it is in `from`.
std::string Signer(X509* certificate, std::string_view from, bool* matches) {
  std::string signer = NameIn(X509_get_subject_name(certificate));
  const Owned<STACK_OF(OPENSSL_STRING)> addresses(X509_get1_email(certificate));
  for (int i = 0; addresses && i < sk_OPENSSL_STRING_num(addresses.get()); ++i) {
    const std::string address = Clean(sk_OPENSSL_STRING_value(addresses.get(), i));
    *matches = *matches || Lower(from).find(Lower(address)) != std::string::npos;
    if (i == 0 && address != signer) signer += (signer.empty() ? "<" : " <") + address + ">";
  }
  if (signer.empty()) signer = "somebody without a name";
  const std::string issuer = NameIn(X509_get_issuer_name(certificate));
  return signer + (issuer.empty() ? "" : ", by a certificate of " + issuer);
}

constexpr const char* kNotTrusted =
    " Whether that certificate is to be trusted was not checked: neither who vouches for it, nor whether it was "
    "revoked.";

}  // namespace

void PrepareSignatures() {
  // Its configuration is a file, and names modules that are others.
  OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG | OPENSSL_INIT_LOAD_CRYPTO_STRINGS, nullptr);
  // What it loads with the first use.
  const Owned<CMS_ContentInfo> first(CMS_ContentInfo_new());
  (void)EVP_sha256();
}

std::string WithLineEnds(std::string_view text) {
  std::string ended;
  ended.reserve(text.size() + text.size() / 32);
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\n' && (i == 0 || text[i - 1] != '\r')) ended += '\r';
    ended += text[i];
  }
  return ended;
}

std::string TellSignature(std::string_view signature, std::optional<std::string_view> entity, std::string_view from) {
  const std::string unknown =
      "The mail is signed, in a form that is not known; whether the signature fits was not checked.";
  const Owned<BIO> held(BIO_new_mem_buf(signature.data(), static_cast<int>(signature.size())));
  const Owned<CMS_ContentInfo> cms(held ? d2i_CMS_bio(held.get(), nullptr) : nullptr);
  if (!cms || OBJ_obj2nid(CMS_get0_type(cms.get())) != NID_pkcs7_signed) {
    ERR_clear_error();
    return unknown;
  }
  const Owned<BIO> text(entity ? BIO_new_mem_buf(entity->data(), static_cast<int>(entity->size())) : nullptr);
  const Owned<BIO> nowhere(BIO_new(BIO_s_null()));
  const bool fits =
      CMS_verify(cms.get(), nullptr, nullptr, text.get(), nowhere.get(), CMS_NO_SIGNER_CERT_VERIFY | CMS_BINARY) == 1;
  const unsigned long why = ERR_peek_last_error();
  const bool no_certificate =
      !fits && ERR_GET_LIB(why) == ERR_LIB_CMS && ERR_GET_REASON(why) == CMS_R_SIGNER_CERTIFICATE_NOT_FOUND;
  ERR_clear_error();
  if (no_certificate) return "The mail is signed, without a certificate; whether the signature fits cannot be told.";
  const Owned<STACK_OF(X509)> signers(CMS_get0_signers(cms.get()));
  std::string who;
  bool matches = false;
  for (int i = 0; signers && i < std::min(sk_X509_num(signers.get()), 5); ++i) {
    who += (who.empty() ? "" : "; ") + Signer(sk_X509_value(signers.get(), i), from, &matches);
  }
  if (!fits) {
    // "Caution: " is told with every answer from the mail.
    return "Caution: the mail is signed, but THE SIGNATURE DOES NOT FIT: it was changed after it was signed, on its "
           "way or by "
           "somebody." +
           (who.empty() ? "" : " It says that it is of " + who + ".");
  }
  if (who.empty()) return unknown;
  return std::string(matches ? "The" : "Caution: the") +
         " mail is signed and the signature fits the text. It says that it is of " + who + "." +
         (matches ? "" : " That is not the address that the mail is from.") + kNotTrusted;
}

}  // namespace counsel::extractor
