"""Runs exported code as it is, with an own server in the place of Bedrock: run.py python|cli FILE.

The SDK and the AWS CLI check every parameter against the service's model before they send anything.
Prints what would have reached Bedrock: operation, model id, Region and body, as JSON.
"""

import contextlib
import json
import os
import re
import runpy
import shlex
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from urllib.parse import unquote

USAGE = {"inputTokens": 1, "outputTokens": 1, "totalTokens": 2}
ANSWER = {
    "output": {"message": {"role": "assistant", "content": [{"text": "Kia ora"}]}},
    "stopReason": "end_turn",
    "usage": USAGE,
    "metrics": {"latencyMs": 1},
}


class Bedrock(BaseHTTPRequestHandler):
    sent: dict = {}

    def do_POST(self):  # noqa: N802 (the name that the server calls)
        _, model, operation = self.path.strip("/").split("/")
        region = re.search(r"Credential=[^/]+/\d+/([^/]+)/", self.headers["authorization"]).group(1)
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        Bedrock.sent = {"operation": operation, "modelId": unquote(model), "region": region, "body": body}
        answer = json.dumps(ANSWER).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_):
        pass


def run_python(file: str) -> None:
    # What the code itself prints is not this program's answer.
    with contextlib.redirect_stdout(sys.stderr):
        runpy.run_path(file)


def run_cli(file: str) -> None:
    script = Path(file).read_text(encoding="utf-8")
    written, command = re.fullmatch(r"cat > request\.json <<'JSON'\n(.*?)\nJSON\n(.*)", script, re.S).groups()
    Path("request.json").write_text(written, encoding="utf-8")
    program, *words = shlex.split(command.replace("\\\n", " "))
    assert program == "aws", script
    done = subprocess.run([sys.executable, "-m", "awscli", *words], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


server = HTTPServer(("127.0.0.1", 0), Bedrock)
threading.Thread(target=server.serve_forever, daemon=True).start()
os.environ.update(
    AWS_ENDPOINT_URL_BEDROCK_RUNTIME=f"http://127.0.0.1:{server.server_port}",
    AWS_ACCESS_KEY_ID="none",
    AWS_SECRET_ACCESS_KEY="none",
    AWS_DEFAULT_REGION="us-west-2",
    AWS_EC2_METADATA_DISABLED="true",
)
kind, path = sys.argv[1:]
{"python": run_python, "cli": run_cli}[kind](path)
print(json.dumps(Bedrock.sent))
