"""The register's two hosts, and the storage host that documents are redirected to."""

import base64
import http.server
import json
import re
import ssl
import threading
import time
import urllib.parse

from faults import mutated

SEARCH_END = 1000  # /search/companies shows no more
ADVANCED_END = 10000


def error(status, kind="ch:service", text=""):
    return status, {"errors": [{"type": kind, "error": text}]}


class Host(http.server.BaseHTTPRequestHandler):
    """One request. `server.register` holds what all hosts share."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = 1 << 16
    keyed = True      # asks for the key, and counts against a window
    window_name = ""  # whose window

    def do_GET(self):
        register = self.server.register
        split = urllib.parse.urlsplit(self.path)
        self.route, self.query = urllib.parse.unquote(split.path), dict(urllib.parse.parse_qsl(split.query))
        self.rate_headers = {}
        status, body, headers = self.answer(register)
        with register.lock:
            register.requests.append({"host": self.window_name or "storage", "path": self.path, "status": status,
                                      "headers": dict(self.headers), "time": time.time(),
                                      "client": self.client_address[1]})
        self.reply(status, body, headers)

    def answer(self, register):
        if self.keyed:
            given = self.headers.get("Authorization")
            if not given:
                return 401, {"error": "Empty Authorization header", "type": "ch:service"}, {}
            right = "Basic " + base64.b64encode(f"{register.key}:".encode()).decode()
            if given != right:
                return 401, {"error": "Invalid Authorization", "type": "ch:service"}, {}
            allowed, values = register.windows[self.window_name].take()
            spelling = register.headers
            if spelling != "none":
                self.rate_headers = {
                    "X-Ratelimit-Limit": values["Limit"], f"X-Ratelimit-{spelling.title()}": values["Remain"],
                    "X-Ratelimit-Reset": values["Reset"], "X-Ratelimit-Window": values["Window"]}
            if not allowed:
                return 429, b"", {}
        return self.find(register)

    def reply(self, status, body, headers):
        media_type = "application/json"
        if isinstance(body, (dict, list)):
            body = json.dumps(body, ensure_ascii=False).encode()
        elif body:
            media_type = headers.pop("Content-Type", "application/octet-stream")
        fault = self.server.register.faults.take(self.path)
        length = None
        if fault:
            kind = fault["kind"]
            if kind == "reset":
                self.close_connection = True
                self.connection.close()
                return
            if kind == "slow":
                self.server.register.stopping.wait(fault.get("seconds", 60))
            if kind == "status":
                status, body = fault["status"], json.dumps(error(0, text="fault")[1]).encode()
                headers = fault.get("headers", {})
            if kind == "garbage":
                body = fault.get("body", "<html>not the register</html>").encode()
            if kind == "mutate":
                body = mutated(body, fault["seed"])
            if kind == "large":
                body = b'{"items":["' + b"x" * fault["bytes"] + b'"]}'
            if kind == "redirect":
                status, headers = 302, {"Location": fault["to"]}
            if kind == "cut":
                length = len(body)
                body = body[:len(body) // 2]
                self.close_connection = True
        try:
            self.send_response(status)
            for name, value in {**self.rate_headers, **headers, "Content-Type": media_type,
                                "Content-Length": length or len(body)}.items():
                self.send_header(name, str(value))
            self.end_headers()
            self.wfile.write(body)
            self.wfile.flush()
        except (OSError, ssl.SSLError):
            self.close_connection = True

    def log_message(self, *_):
        pass


class PublicData(Host):
    window_name = "api"

    def find(self, register):
        if self.route == "/search/companies":
            return self.search(register)
        if self.route == "/advanced-search/companies":
            return self.advanced_search(register)
        if found := re.fullmatch(r"/officers/(\w+)/appointments", self.route):
            return self.appointments(register, found[1])
        found = re.fullmatch(r"/company/([^/]+)(/.*)?", self.route)
        company = register.companies.get(found[1]) if found else None
        if not company:
            return *error(404, text="company-profile-not-found"), {}
        part = found[2] or ""
        if part == "":
            return 200, company.profile, {}
        if part == "/registered-office-address":
            return 200, {**company.profile["registered_office_address"], "kind": "registered-office-address"}, {}
        if part == "/filing-history":
            return self.filings(register, company)
        if found := re.fullmatch(r"/filing-history/(\w+)", part):
            for filing in company.filings:
                if filing["transaction_id"] == found[1]:
                    return 200, register.linked(filing), {}
            return *error(404), {}
        lists = {"/officers": company.officers, "/charges": company.charges, "/insolvency": company.cases,
                 "/persons-with-significant-control": company.owners,
                 "/persons-with-significant-control-statements": company.statements}
        items = lists.get(part)
        if not items:
            return *error(404), {}
        if part == "/insolvency":
            return 200, {"cases": items, "status": ["in-administration"], "etag": "0"}, {}
        if part == "/charges":
            # Paged, but it does not say so; the misspelling is the register's.
            _, _, page = self.page(items, 25, 25)
            satisfied = sum("satisfied" in charge["status"] for charge in items)
            return 200, {"total_count": len(items), "unfiletered_count": len(items), "satisfied_count": satisfied,
                         "part_satisfied_count": 0, "etag": "0", "items": page}, {}
        cap = company.officers_cap if part == "/officers" else 100
        start, size, page = self.page(items, min(cap, 35), cap)
        over = sum("resigned_on" in item or "ceased_on" in item for item in items)
        words = ("resigned_count" if part == "/officers" else "ceased_count")
        return 200, {"active_count": len(items) - over, words: over, "total_results": len(items), "items_per_page": size,
                     "start_index": start, "kind": "list", "items": page, "links": {"self": self.route}}, {}

    def page(self, items, default, cap):
        size = max(1, min(int(self.query.get("items_per_page") or default), cap))
        start = int(self.query.get("start_index") or 0)
        return start, size, items[start:start + size]

    def filings(self, register, company):
        items = company.filings
        if wanted := self.query.get("category"):
            items = [filing for filing in items if filing["category"] in wanted.split(",")]
        start, size, page = self.page(items, 25, 100)
        return 200, {"filing_history_status": "filing-history-available", "total_count": len(items),
                     "items_per_page": size, "start_index": start, "items": [register.linked(f) for f in page]}, {}

    def matching(self, register, words):
        words = words.lower().split()
        return [company for company in register.companies.values()
                if all(word in company.name.lower() or word == company.number.lower() for word in words)]

    def search(self, register):
        matching = self.matching(register, self.query.get("q", ""))
        start, size, page = self.page(matching, 20, 100)
        if start >= SEARCH_END:
            return *error(416, text="search-range"), {}
        return 200, {"kind": "search#companies", "total_results": len(matching), "start_index": start,
                     "items_per_page": size, "page_number": start // size + 1,
                     "items": [self.hit(company) for company in page]}, {}

    def hit(self, company):
        profile = company.profile
        place = profile["registered_office_address"]
        snippet = ", ".join(place.values())
        return {"kind": "searchresults#company", "title": company.name, "company_number": company.number,
                "company_status": profile["company_status"], "company_type": profile["type"],
                "date_of_creation": profile["date_of_creation"], "address": place, "address_snippet": snippet,
                "description": f"{company.number} - Incorporated on {profile['date_of_creation']}", "snippet": "",
                "matches": {"title": [1, 4]}, "links": {"self": f"/company/{company.number}"}}

    def advanced_search(self, register):
        matching = [c for c in self.matching(register, self.query.get("company_name_includes", "")) if self.fits(c.profile)]
        start, size = int(self.query.get("start_index") or 0), int(self.query.get("size") or 20)
        if size > 5000 or start + size > ADVANCED_END:
            return *error(400, text="size"), {}
        items = [{"company_name": c.name, "company_number": c.number, "company_status": c.profile["company_status"],
                  "company_type": c.profile["type"], "date_of_creation": c.profile["date_of_creation"],
                  "registered_office_address": c.profile["registered_office_address"], "sic_codes": c.profile["sic_codes"],
                  "links": {"company_profile": f"/company/{c.number}"}} for c in matching]
        return (200, {"hits": len(items), "top_hit": items[0], "items": items[start:start + size], "kind": "search#advanced"},
                {}) if items else (*error(404), {})

    def fits(self, profile):
        """Do all filters of the query fit this company?"""
        ask = self.query.get
        office = " ".join(profile["registered_office_address"].values()).lower()
        for name, member in (("company_status", "company_status"), ("company_type", "type"), ("company_subtype", "subtype")):
            if ask(name) and profile.get(member) not in ask(name).split(","):
                return False
        for name, member in (("incorporated", "date_of_creation"), ("dissolved", "date_of_cessation")):
            date = profile.get(member)
            if (ask(name + "_from") or ask(name + "_to")) and not date:
                return False
            if date and not (ask(name + "_from") or "0") <= date <= (ask(name + "_to") or "9"):
                return False
        if ask("sic_codes") and not set(ask("sic_codes").split(",")) & set(profile["sic_codes"]):
            return False
        without = (ask("company_name_excludes") or "").lower().split()
        return (ask("location") or "").lower() in office and not any(w in profile["company_name"].lower() for w in without)

    def appointments(self, register, officer):
        items = [{**entry, "appointed_to": {"company_number": company.number, "company_name": company.name,
                                            "company_status": company.profile["company_status"]}}
                 for company in register.companies.values() for entry in company.officers
                 if entry["links"]["officer"]["appointments"] == f"/officers/{officer}/appointments"]
        if not items:
            return *error(404), {}
        start, size, page = self.page(items, 35, 50)
        return 200, {"name": items[0]["name"], "date_of_birth": items[0].get("date_of_birth"), "total_results": len(items),
                     "items_per_page": size, "start_index": start, "kind": "personal-appointment",
                     "is_corporate_officer": officer.startswith("C"), "links": {"self": self.route}, "items": page}, {}


class Documents(Host):
    window_name = "documents"

    def find(self, register):
        found = re.fullmatch(r"/document/([\w-]+)(/content)?", self.route)
        company, files = register.document(found[1]) if found else (None, None)
        if not files:
            return *error(404), {}
        if not found[2]:
            own = register.document_url + f"/document/{found[1]}"
            return 200, {"company_number": company.number, "category": "accounts", "pages": 4, "filename": found[1],
                         "created_at": "2024-01-02T03:04:05.678Z", "etag": "",
                         "links": {"self": own, "document": own + "/content"},
                         "resources": {kind: {"content_length": len(body)} for kind, body in files.items()}}, {}
        accepted = self.headers.get("Accept", "*/*").split(",")[0].split(";")[0].strip()
        kind = "application/pdf" if accepted == "*/*" else accepted
        if kind not in files:
            return *error(406, text="not-acceptable"), {}
        return 302, b"", {"Location": f"{register.storage_url}/store/{found[1]}?type={urllib.parse.quote(kind)}"
                                      "&X-Amz-Signature=presigned-and-secret"}


class Storage(Host):
    """Signed addresses: it asks for no key, and must be given none."""

    keyed = False

    def find(self, register):
        found = re.fullmatch(r"/store/([\w-]+)", self.route)
        _, files = register.document(found[1]) if found else (None, None)
        if not files or "X-Amz-Signature" not in self.query:
            return 403, b"", {}
        return 200, files[self.query["type"]], {"Content-Type": self.query["type"]}


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, register, handler, host, context):
        self.register, self.context = register, context
        super().__init__((host, 0), handler)
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def finish_request(self, request, client_address):
        # The handshake belongs to the connection's own thread.
        try:
            self.RequestHandlerClass(self.context.wrap_socket(request, server_side=True), client_address, self)
        except (OSError, ssl.SSLError):
            pass

    def handle_error(self, *_):
        pass

    @property
    def url(self):
        return f"https://{self.server_address[0]}:{self.server_address[1]}"
