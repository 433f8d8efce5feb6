"""One conversation per operation between boto3 and the simulator at the endpoint given."""

import sys
import traceback

import account
import organizations

CONVERSATIONS = organizations.CONVERSATIONS + account.CONVERSATIONS

failed = 0
for conversation in CONVERSATIONS:
    try:
        conversation()
    except Exception:
        failed += 1
        print(f"{conversation.__name__} failed:", file=sys.stderr)
        traceback.print_exc()
print(f"boto3: {len(CONVERSATIONS) - failed} of {len(CONVERSATIONS)} conversations held")
sys.exit(failed != 0)
