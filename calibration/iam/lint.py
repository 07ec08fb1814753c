"""Lints every policy that `tokenleash policy` writes with parliament; exits 1 at any finding.

    scripts/python calibration/iam/requirements.txt calibration/iam/lint.py

Two of parliament's findings say nothing here, and AWS's own published policy for cross-Region inference, linted
first, has both. Its data calls every kind of resource required that bedrock:InvokeModel can take, so it misses
guardrails and prompt routers in a policy for a profile (RESOURCE_MISMATCH); what it must not miss is the kind
that a statement does name. And it wants Arn operators on bedrock:InferenceProfileArn, where AWS writes
StringEquals and StringLike (MISMATCHED_TYPE_BUT_USABLE); all are exact there.
"""
import json
import pathlib
import sys
import warnings

warnings.filterwarnings("ignore", message="pkg_resources")
from parliament import analyze_policy_string

ROOT = pathlib.Path(__file__).resolve().parents[2]
SAYS_NOTHING = {"RESOURCE_MISMATCH", "MISMATCHED_TYPE_BUT_USABLE"}

# Source: Geographic cross-Region inference, Amazon Bedrock User Guide.
PROFILE = "arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.anthropic.claude-sonnet-4-5-20250929-v1:0"
MODELS = [f"arn:aws:bedrock:{region}::foundation-model/anthropic.claude-sonnet-4-5-20250929-v1:0"
          for region in ("us-east-1", "us-east-2", "us-west-2")]
PUBLISHED = {"Version": "2012-10-17", "Statement": [
    {"Sid": "GrantGeoCrisInferenceProfileAccess", "Effect": "Allow", "Action": "bedrock:InvokeModel", "Resource": [PROFILE]},
    {"Sid": "GrantGeoCrisModelAccess", "Effect": "Allow", "Action": "bedrock:InvokeModel", "Resource": MODELS,
     "Condition": {"StringEquals": {"bedrock:InferenceProfileArn": PROFILE}}},
]}
KINDS = {"foundation-model", "inference-profile", "application-inference-profile"}


def findings(policy):
    return analyze_policy_string(json.dumps(policy), include_community_auditors=True).findings


def missed(statement):
    """The kinds of resource that parliament says a statement lacks. It takes no colon within a name (v1:0)."""
    plain = [":".join(parts[:5]) + ":" + parts[5].replace(":", "-")
             for parts in (resource.split(":", 5) for resource in statement["Resource"] if resource != "*")]
    statement = {**statement, "Resource": plain or ["*"]}
    alone = {"Version": "2012-10-17", "Statement": [statement]}
    details = [row for found in findings(alone) if found.issue == "RESOURCE_MISMATCH" for row in found.detail]
    return {row["required_format"].split(":")[5].split("/")[0] for row in details}


assert {found.issue for found in findings(PUBLISHED)} == SAYS_NOTHING, "AWS's own policy is linted otherwise now"
faults, policies = [], 0
for line in (ROOT / "tests/fixtures/policies.jsonl").read_text().splitlines():
    fixture = json.loads(line)
    policies += 1
    faults += [(fixture["name"], str(found)) for found in findings(fixture["policy"]) if found.issue not in SAYS_NOTHING]
    for statement in fixture["policy"]["Statement"]:
        named = {resource.split(":")[5].split("/")[0] for resource in statement["Resource"] if resource != "*"}
        # A model without a Region is no form that parliament has.
        regionless = all(resource.split(":")[3] == "" for resource in statement["Resource"] if resource != "*")
        if not named <= KINDS or (named & missed(statement) and not regionless):
            faults.append((fixture["name"], f"{statement['Sid']} names {named}, of which parliament knows none"))
print(f"{policies} policies linted: {len(faults)} findings")
for name, fault in faults:
    print(f"  {name}: {fault}")
sys.exit(bool(faults))
