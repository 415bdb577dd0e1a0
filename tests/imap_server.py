"""Mail servers for the tests: one of ours, which does what a test wants, and Dovecot, where it is installed."""

import base64
import os
import re
import shutil
import socket
import socketserver
import ssl
import subprocess
import threading
import time

PASSWORD, TOKEN = "sesame of Ely", "ya29.token"


def certificate(folder):
    """(certificate, key) for localhost."""
    cert, key = folder / "cert.pem", folder / "key.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost", "-addext",
                    "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", key, "-out", cert], check=True, capture_output=True)
    return cert, key


class OurServer:
    """IMAP as far as it is asked for. `folders`: {name: {uid: bytes}}; `said`: the commands it got."""

    tokens = True

    def __init__(self, folder):
        self.folders, self.validity, self.said, self.hold_after = {"INBOX": {}}, 7, [], None
        self.cert, key = certificate(folder)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.cert, key)
        ours = self

        class Handler(socketserver.StreamRequestHandler):
            def setup(self):
                self.request = context.wrap_socket(self.request, server_side=True)
                super().setup()

            def handle(self):
                try:
                    ours.serve(self.rfile, self.wfile)
                except (OSError, ValueError):
                    pass

        class Server(socketserver.ThreadingTCPServer):
            daemon_threads, allow_reuse_address = True, True

            def handle_error(self, *_):
                pass

        self.server = Server(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def put(self, content, folder="INBOX"):
        mails = self.folders.setdefault(folder, {})
        mails[max(mails, default=0) + 1] = content.replace(b"\n", b"\r\n")

    def commands(self, word):
        return [line for line in self.said if word in line]

    def serve(self, read, write):
        def say(text):
            write.write(text if isinstance(text, bytes) else text.encode() + b"\r\n")

        say("* OK ready")
        mails, fetched = {}, 0
        for line in read:
            tag, _, command = line.decode().strip().partition(" ")
            self.said.append(command)
            word = command.upper()
            if word == "CAPABILITY":
                say("* CAPABILITY IMAP4rev1 AUTH=PLAIN AUTH=XOAUTH2")
            elif word.startswith("AUTHENTICATE"):
                say("+ ")
                words = base64.b64decode(read.readline())
                if words not in (f"\0ann@firm.example\0{PASSWORD}".encode(),
                                 f"user=ann@firm.example\1auth=Bearer {TOKEN}\1\1".encode()):
                    if "XOAUTH2" in word:
                        say("+ " + base64.b64encode(b'{"status":"401"}').decode())
                        read.readline()
                    say(f"{tag} NO [AUTHENTICATIONFAILED] No such user")
                    continue
            elif word.startswith("EXAMINE"):
                name = command.partition(" ")[2].strip('"')
                if name not in self.folders:
                    say(f"{tag} NO [NONEXISTENT] Unknown folder")
                    continue
                mails = self.folders[name]
                say(f"* {len(mails)} EXISTS\r\n* OK [UIDVALIDITY {self.validity}] numbers")
            elif word.startswith("UID SEARCH"):
                first = int(re.search(r"(\d+):\*", word)[1])
                say("* SEARCH " + " ".join(str(uid) for uid in mails if uid >= first or uid == max(mails)))
            elif word.startswith("UID FETCH"):
                first = int(re.search(r"FETCH (\d+)", word)[1])
                for number, (uid, content) in enumerate(list(mails.items()), 1):
                    if "RFC822.SIZE" in word and uid >= first:
                        say(f"* {number} FETCH (UID {uid} RFC822.SIZE {len(content)})")
                    elif "BODY" in word and uid == first:
                        fetched += 1
                        if self.hold_after is not None and fetched > self.hold_after:
                            return  # the connection breaks
                        say(f"* {number} FETCH (UID {uid} BODY[] {{{len(content)}}}\r\n".encode() + content + b")\r\n")
            elif word == "LOGOUT":
                return
            elif word != "NOOP":
                say(f"{tag} BAD Unknown command")
                continue
            say(f"{tag} OK done")

    def close(self):
        self.server.shutdown()
        self.server.server_close()


class Dovecot:
    tokens = False

    def __init__(self, folder):
        self.cert, key = certificate(folder)
        os.chmod(folder, 0o755)
        self.mail = folder / "mail"
        self.mail.mkdir()
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        config = folder / "dovecot.conf"
        config.write_text(f"""
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
protocols = imap
listen = 127.0.0.1
ssl = yes
ssl_cert = <{self.cert}
ssl_key = <{key}
first_valid_uid = 1
mail_location = maildir:{self.mail}/%n
passdb {{
  driver = static
  args = password={PASSWORD.replace(" ", "_")}
}}
userdb {{
  driver = static
  args = uid=nobody gid=nogroup home={self.mail}
}}
service imap-login {{
  inet_listener imap {{
    port = 0
  }}
  inet_listener imaps {{
    port = {self.port}
    ssl = yes
  }}
}}
""")
        for path in (self.mail, folder):
            shutil.chown(path, "nobody", "nogroup")
        self.parents = [parent for parent in folder.parents if parent.stat().st_mode & 0o005 != 0o005 and parent.owner() == "root"]
        for parent in self.parents:
            os.chmod(parent, parent.stat().st_mode | 0o055)
        self.count, self.process = 0, subprocess.Popen(["dovecot", "-F", "-c", config])
        for _ in range(3000):
            try:
                socket.create_connection(("127.0.0.1", self.port)).close()
                return
            except OSError:
                time.sleep(0.01)
        raise AssertionError((folder / "log").read_text())

    def put(self, content, folder="INBOX"):
        home = self.mail / "ann" / ("" if folder == "INBOX" else "." + folder)
        for name in ("tmp", "new", "cur"):
            (home / name).mkdir(parents=True, exist_ok=True)
        self.count += 1
        (home / "new" / f"{time.time_ns()}.M{self.count}.x").write_bytes(content)
        subprocess.run(["chown", "-R", "nobody:nogroup", self.mail], check=True)

    def unread(self):
        return len(list((self.mail / "ann" / "new").iterdir())) + len(
            [p for p in (self.mail / "ann" / "cur").iterdir() if "S" not in p.name.rpartition(",")[2]])

    def close(self):
        self.process.terminate()
        self.process.wait()
