#include "libs/app/certificate.h"

#include <openssl/pem.h>
#include <openssl/x509.h>

#include <ctime>
#include <memory>

#include "absl/strings/str_cat.h"

namespace kat::app {
namespace {

struct Deleter {
  void operator()(BIO* bio) const { BIO_free(bio); }
  void operator()(X509* certificate) const { X509_free(certificate); }
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};

std::unique_ptr<X509, Deleter> ReadCertificate(const std::string& path) {
  const std::unique_ptr<BIO, Deleter> file(BIO_new_file(path.c_str(), "r"));
  if (file == nullptr) return nullptr;
  return std::unique_ptr<X509, Deleter>(PEM_read_bio_X509(file.get(), nullptr, nullptr, nullptr));
}

// A key that is locked with a passphrase is not read: nobody is there to type one.
int NoPassphrase(char*, int, int, void*) { return 0; }

std::unique_ptr<EVP_PKEY, Deleter> ReadKey(const std::string& path) {
  const std::unique_ptr<BIO, Deleter> file(BIO_new_file(path.c_str(), "r"));
  if (file == nullptr) return nullptr;
  return std::unique_ptr<EVP_PKEY, Deleter>(PEM_read_bio_PrivateKey(file.get(), nullptr, NoPassphrase, nullptr));
}

}  // namespace

absl::StatusOr<absl::Time> CertificateExpiry(const std::string& path) {
  const auto certificate = ReadCertificate(path);
  std::tm expiry = {};
  if (certificate == nullptr || ASN1_TIME_to_tm(X509_get0_notAfter(certificate.get()), &expiry) != 1)
    return absl::InvalidArgumentError(absl::StrCat("no certificate in ", path));
  return absl::FromTM(expiry, absl::UTCTimeZone());
}

bool BelongTogether(const std::string& certificate_path, const std::string& key_path) {
  const auto certificate = ReadCertificate(certificate_path);
  const auto key = ReadKey(key_path);
  return certificate != nullptr && key != nullptr && X509_check_private_key(certificate.get(), key.get()) == 1;
}

}  // namespace kat::app
