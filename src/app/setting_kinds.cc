// The table of all settings.
#include "app/settings.h"

namespace counsel::app {

const std::vector<SettingKind>& SettingKinds() {
  constexpr bool kSecret = true;
  constexpr bool kLive = true;
  constexpr SetBy kHand = SetBy::kHand;
  constexpr SetBy kNobody = SetBy::kNobody;
  static const std::vector<SettingKind> kinds = {
      {"MAIN_MODEL", "MAIN_MODEL", "models/mistral-7b-instruct-v0.2.Q4_K_M.gguf",
       "the generator: a catalogue name or the path of a GGUF; while the default is not installed, the best that is",
       !kSecret, kLive, kHand},
      {"EMBEDDING_MODEL", "EMBEDDING_MODEL", "",
       "the embedder: a catalogue name; empty: the catalogue's first. What is stored already follows with counsel "
       "reembed",
       !kSecret, kLive, kHand},
      {"PRELOAD_EMBEDDER", "PRELOAD_EMBEDDER", "false", "load the embedder in the background after the start"},
      {"PRELOAD_MAIN_MODEL", "PRELOAD_MAIN_MODEL", "false", "load the generator in the background after the start"},
      {"PRELOAD_MODELS", "PRELOAD_MODELS", "", "further models to load after the start, by name, separated by commas"},
      {"LAZY_LOADING", "LAZY_LOADING", "true",
       "load each model on first use; false is PRELOAD_EMBEDDER and PRELOAD_MAIN_MODEL"},
      {"AUTO_UNLOAD", "AUTO_UNLOAD", "true", "give idle models back after a while, and when memory gets short",
       !kSecret, kLive},
      {"MEMORY_THRESHOLD", "MEMORY_THRESHOLD", "0.8", "the share of all memory that models may claim: 0.05 to 1",
       !kSecret, kLive},
      {"ENABLE_GPU_ACCELERATION", "ENABLE_GPU_ACCELERATION", "true", "put layers on a GPU where the engine has one",
       !kSecret, kLive},
      {"MAX_GPU_MEMORY_FRACTION", "MAX_GPU_MEMORY_FRACTION", "0.85",
       "the share of a GPU's memory that may be used: 0.05 to 1", !kSecret, kLive},
      {"models.keep_alive", "COUNSEL_KEEP_ALIVE", "300", "seconds that an idle model stays loaded; -1: for ever",
       !kSecret, kLive},
      {"models.stall_seconds", "COUNSEL_MODEL_STALL_SECONDS", "120",
       "seconds without any progress after which a load is given up: more for a slow disk; 1 to 86400", !kSecret,
       kLive},
      {"models.health_seconds", "COUNSEL_MODEL_HEALTH_SECONDS", "10",
       "seconds between looks at a model in use, and that it may take to answer; two missed answers end it: 1 to 3600",
       !kSecret, kLive},
      {"answers.style", "COUNSEL_ANSWERS_STYLE", "default",
       "quotes: the documents' own sentences; answer: written by the generator too; memo: a longer one; default: "
       "answer, "
       "where a generator that is good enough is installed",
       !kSecret, kLive},
      {"answers.patience_seconds", "COUNSEL_ANSWERS_PATIENCE_SECONDS", "10",
       "seconds in which a written answer should begin: less is read where the model is slow; 0 (all is read) to 3600",
       !kSecret, kLive},
      {"CH_API_KEY", "CH_API_KEY", "",
       "the key of the Companies House API (environment, .env or counsel company login)", kSecret, !kLive, kNobody},
      {"CH_API_URL", "CH_API_URL", companies_house::kDefaultApiUrl, "where the key is sent for company data: https",
       !kSecret, !kLive, kNobody},
      {"CH_DOCUMENT_URL", "CH_DOCUMENT_URL", companies_house::kDefaultDocumentUrl,
       "where the key is sent for filed documents: https", !kSecret, !kLive, kNobody},
      {"CH_CA_FILE", "CH_CA_FILE", "", "certificates to trust there instead of the system's", !kSecret, !kLive,
       kNobody},
      {"api.address", "COUNSEL_ADDRESS", "127.0.0.1",
       "where the HTTP API listens; another than loopback is for docs/network.md", !kSecret, !kLive, kHand},
      {"api.port", "COUNSEL_PORT", "8181", "the HTTP API's port; 0 takes a free one", !kSecret, !kLive, kHand},
      {"api.hosts", "COUNSEL_HOSTS", "",
       "names by which others reach the API, separated by commas: counsel.firm.example; whoever uses one needs a token",
       !kSecret, kLive, kHand},
      {"ALLOWED_ORIGINS", "ALLOWED_ORIGINS", "",
       "origins of web pages elsewhere that may use the API, separated by commas: http://localhost:3000", !kSecret,
       kLive, kHand},
      {"api.token", "COUNSEL_API_TOKEN", "",
       "instead of the home's own token, and asked of everybody: every HTTP request but /health", kSecret, !kLive,
       kHand},
      {"models.folder", "COUNSEL_MODELS", "models", "where model files are; a relative path is inside the home",
       !kSecret, !kLive, kHand},
      {"engine.llama_server", "COUNSEL_LLAMA_SERVER", "", "your own llama-server; empty: the one that ./run built",
       !kSecret, !kLive, kHand},
      {"engine.threads", "COUNSEL_THREADS", "0", "threads of each model server; 0: all processors"},
      {"extraction.max_file_mb", "COUNSEL_EXTRACTION_MAX_FILE_MB", "256",
       "MiB of a document; a larger file is refused: 1 to 1024", !kSecret, kLive},
      {"extraction.max_mailbox_mb", "COUNSEL_EXTRACTION_MAX_MAILBOX_MB", "51200",
       "MiB of a file of mails (PST, OST, mbox); a larger one is refused: 1 to 1048576", !kSecret, kLive},
      {"extraction.max_text_mb", "COUNSEL_EXTRACTION_MAX_TEXT_MB", "64",
       "MiB of a document's text; a document with more is refused: 1 to 256", !kSecret, kLive},
      {"extraction.max_pages", "COUNSEL_EXTRACTION_MAX_PAGES", "5000",
       "pages of a PDF or TIFF; one with more is refused: 1 to 50000", !kSecret, kLive},
      {"extraction.max_embedded_files", "COUNSEL_EXTRACTION_MAX_EMBEDDED_FILES", "1000",
       "files inside one mail, archive or PDF; one with more is refused: 1 to 10000", !kSecret, kLive},
      {"extraction.max_unpacked_mb", "COUNSEL_EXTRACTION_MAX_UNPACKED_MB", "256",
       "MiB that all files and parts of a document unpack to; one with more is refused: 1 to 1024", !kSecret, kLive},
      {"extraction.memory_mb", "COUNSEL_EXTRACTION_MEMORY_MB", "1024",
       "MiB of memory of a process that reads a document, or a page by OCR: 256 to 65536", !kSecret, kLive},
      {"extraction.seconds", "COUNSEL_EXTRACTION_SECONDS", "120", "time to read a document, OCR aside: 1 to 3600",
       !kSecret, kLive},
      {"ocr.languages", "COUNSEL_OCR_LANGUAGES", "eng",
       "languages of scans, as tesseract calls them: eng, or eng+deu (./run --ocr eng+deu installs them)", !kSecret,
       kLive},
      {"ocr.pages", "COUNSEL_OCR_PAGES", "500", "pages of one document that are read by OCR: 0 (none) to 50000",
       !kSecret, kLive},
      {"ocr.megapixels", "COUNSEL_OCR_MEGAPIXELS", "64", "a larger picture is refused: 1 to 200", !kSecret, kLive},
      {"ocr.seconds", "COUNSEL_OCR_SECONDS", "90", "time to read one page by OCR: 1 to 3600", !kSecret, kLive},
      {"log.level", "COUNSEL_LOG_LEVEL", "info", "debug, info, warn or error", !kSecret, kLive},
      {"log.file", "COUNSEL_LOG_FILE", "", "where the daemon logs; empty: standard error", !kSecret, !kLive, kHand},
  };
  return kinds;
}

const SettingKind* FindSetting(std::string_view name) {
  for (const SettingKind& kind : SettingKinds()) {
    if (name == kind.key || name == kind.environment) return &kind;
  }
  return nullptr;
}

}  // namespace counsel::app
