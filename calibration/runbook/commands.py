"""Pastes every command of runbooks into a shell, as a reader would, with an `aws` that asks nobody.

    scripts/python calibration/runbook/requirements.txt calibration/runbook/commands.py target/debug/tokenleash

That `aws` is the AWS CLI itself up to the point where it would send: it parses the words, reads the files, and
holds the parameters to the service's model. Then it answers with a made-up response, so that the queries, pipes and
variables after it have something to work on. Exits 1 at any command, parameter or file that is not right.
"""
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

import jmespath

ARN = "arn:aws:bedrock:ap-southeast-6::foundation-model/m"
EVENT = json.dumps({"additionalEventData": {"inferenceRegion": "ap-southeast-4"}})
ANSWERS = {
    "GetInferenceProfile": {"models": [{"modelArn": ARN}]},
    "Converse": {"output": {"message": {"content": [{"text": "Kia ora"}]}}, "usage": {"inputTokens": 20}, "metrics": {"latencyMs": 500}},
    "CreatePolicy": {"Policy": {"PolicySummary": {"Id": "p-12345678"}, "Arn": "arn:aws:iam::123456789012:policy/p"}},
    "CreateTopic": {"TopicArn": "arn:aws:sns:ap-southeast-6:123456789012:bedrock-alarms"},
    "LookupEvents": {"Events": [{"CloudTrailEvent": EVENT}]},
    "ListMetrics": {"Metrics": [{"Dimensions": [{"Name": "ModelId", "Value": "m"}]}]},
}
QUOTA = "Cross-Region InvokeModel tokens per minute for Anthropic Claude Opus 4.6"
ANSWERS["ListServiceQuotas"] = {"Quotas": [
    {"QuotaCode": "L-1", "QuotaName": QUOTA, "Value": 6000.0},
    {"QuotaCode": "L-2", "QuotaName": QUOTA.replace("Cross-Region", "Global cross-Region"), "Value": 6000.0},
    {"QuotaCode": "L-3", "QuotaName": QUOTA.replace("Opus 4.6", "Sonnet 4.6").replace("Opus", "Sonnet"), "Value": 1.0},
]}


def aws(words, log):
    """The AWS CLI, which sends nothing."""
    from awscli import clidriver
    from botocore.validate import ParamValidator

    def invoke(self, service, operation, parameters, parsed):
        model = self._session.get_service_model(service).operation_model(operation)
        report = ParamValidator().validate(parameters, model.input_shape)
        for name, shape in model.input_shape.members.items():
            value = parameters.get(name)
            if getattr(shape, "enum", None) and value is not None and value not in shape.enum:
                raise ValueError(f"{name} is {value}, none of {shape.enum}")
        if report.has_errors():
            raise ValueError(report.generate_report())
        for name in ("PolicyDocument", "AssumeRolePolicyDocument", "Content"):
            if name in parameters:
                json.loads(parameters[name])
        answer = ANSWERS.get(operation, {})
        if parsed.query is not None:
            # awscli has compiled it already, or has not.
            answer = parsed.query.search(answer) if hasattr(parsed.query, "search") else jmespath.search(parsed.query, answer)
        rows = answer if isinstance(answer, list) else [answer]
        print("\t".join(map(str, rows)) if parsed.output == "text" else json.dumps(answer))
        with open(log, "a") as out:
            out.write(json.dumps([service, operation, parameters], default=str) + "\n")
        return 0

    clidriver.CLIOperationCaller.invoke = invoke
    code = clidriver.create_clidriver().main(words)
    if code != 0:
        with open(log, "a") as out:
            out.write(json.dumps(["fault", code, words]) + "\n")
    return code


def paste(program, words):
    """Runs the commands of one runbook; returns the calls that were made and the faults."""
    page = subprocess.run([program, "runbook", *words], capture_output=True, text=True, check=True).stdout
    blocks = re.findall(r"^```sh\n(.*?)^```$", page, re.M | re.S)
    with tempfile.TemporaryDirectory() as folder:
        here = pathlib.Path(folder)
        tools = here / "tools"
        tools.mkdir()
        log = here / "log"
        log.touch()
        stub = f'#!/bin/sh\nexec "{sys.executable}" "{pathlib.Path(__file__).resolve()}" --aws "{log}" "$@"\n'
        for name, text in {"aws": stub, "sleep": "#!/bin/sh\n", "seq": "#!/bin/sh\necho 1 2\n"}.items():
            (tools / name).write_text(text)
            (tools / name).chmod(0o755)
        (tools / "tokenleash").symlink_to(pathlib.Path(program).resolve())
        environment = {**os.environ, "PATH": f"{tools}:{os.environ['PATH']}", "AWS_EC2_METADATA_DISABLED": "true"}
        work = here / "work"
        work.mkdir()
        done = subprocess.run(["bash", "-euo", "pipefail", "-c", "".join(blocks)], cwd=work, env=environment, capture_output=True, text=True)
        calls = [json.loads(line) for line in log.read_text().splitlines()]
        faults = [str(call) for call in calls if call[0] == "fault"]
        if done.returncode != 0:
            faults.append(f"the shell ended with {done.returncode}: {done.stderr[-2000:]}")
        if "inferenceRegion" not in page or "{{" in page:
            faults.append("the page is not whole")
        # Every command of the page was run; loops run some of them more often.
        written = set(re.findall(r"\baws ([a-z-]+ [a-z-]+)", "".join(blocks)))
        ran = {f"{service} {re.sub(r'(?<!^)(?=[A-Z])', '-', operation).lower()}" for service, operation, _ in calls if service != "fault"}
        faults += [f"never ran: aws {command}" for command in written if len(ran) < len(written)]
        files = sorted(path.name for path in work.glob("*.json"))
        for name in files:
            json.loads((work / name).read_text())
        return calls, files, faults, done.stdout


if __name__ == "__main__":
    if sys.argv[1] == "--aws":
        sys.exit(aws(sys.argv[3:], sys.argv[2]))
    common = ["--account", "123456789012", "--source-region", "ap-southeast-6"]
    bad = False
    for words in (
        ["--model", "claude-opus-4-6", "--profile", "au", "--tpm", "6000", "--residency", "anz", *common],
        ["--model", "claude-opus-4-8", "--profile", "global", *common],
    ):
        calls, files, faults, said = paste(sys.argv[1], words)
        print(f"runbook {' '.join(words[:4])}: {len(calls)} calls of the AWS CLI, {len(files)} files, {len(faults)} faults")
        if "ap-southeast-4" not in said or "p50 500 ms" not in said:
            faults.append(f"the pipes did not work: {said[-2000:]}")
        for fault in faults:
            print(f"  {fault}")
        bad = bad or bool(faults)
    sys.exit(bad)
