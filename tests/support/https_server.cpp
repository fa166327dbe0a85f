#include <httplib.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "tests/support/http_server.h"

namespace reef::test {
namespace {

struct Identity {
  EVP_PKEY* key = EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256");
  X509* certificate = X509_new();

  Identity() {
    X509_set_version(certificate, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate), -60);
    X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
    X509_set_pubkey(certificate, key);
    X509_NAME* name = X509_get_subject_name(certificate);
    const auto* common = reinterpret_cast<const unsigned char*>("reef test");
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, common, -1, -1, 0);
    X509_set_issuer_name(certificate, name);
    X509_EXTENSION* names = X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, "IP:127.0.0.1");
    X509_add_ext(certificate, names, -1);
    X509_EXTENSION_free(names);
    X509_sign(certificate, key, EVP_sha256());
  }
  ~Identity() {
    X509_free(certificate);
    EVP_PKEY_free(key);
  }
  Identity(const Identity&) = delete;
  Identity& operator=(const Identity&) = delete;

  std::string pem() const {
    BIO* memory = BIO_new(BIO_s_mem());
    PEM_write_bio_X509(memory, certificate);
    char* data = nullptr;
    const long size = BIO_get_mem_data(memory, &data);
    std::string text(data, static_cast<std::size_t>(size));
    BIO_free(memory);
    return text;
  }
};

}  // namespace

struct HttpsServer::Parts {
  Identity identity;
  httplib::SSLServer server{identity.certificate, identity.key};
  int port = 0;
  std::thread thread;
};

HttpsServer::HttpsServer(std::string body, std::string location) : parts_(std::make_unique<Parts>()) {
  certificate_ = parts_->identity.pem();
  parts_->server.Get(".*", [body = std::move(body), location = std::move(location)](
                               const httplib::Request&, httplib::Response& response) {
    if (location.empty())
      response.set_content(body, "application/octet-stream");
    else
      response.set_redirect(location);
  });
  parts_->server.set_keep_alive_max_count(1);  // stopping would wait for idle connections
  parts_->port = parts_->server.bind_to_any_port("127.0.0.1");
  parts_->thread = std::thread([parts = parts_.get()] { parts->server.listen_after_bind(); });
  while (!parts_->server.is_running()) std::this_thread::sleep_for(std::chrono::milliseconds(1));
}

HttpsServer::~HttpsServer() {
  parts_->server.stop();
  parts_->thread.join();
}

std::string HttpsServer::url(const std::string& path) const {
  return "https://127.0.0.1:" + std::to_string(parts_->port) + path;
}

}  // namespace reef::test
