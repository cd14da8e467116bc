"""Processes that use botocore's own token provider, like boto3 and the AWS CLI, all released at the same moment.

Run in the home whose session they use: `botocore_workers.py PROFILE COUNT`. Each line on stdin is a round, in which
every process reads the token file, decides by botocore's rule, refreshes, and writes. The line is a number of
milliseconds over which the starts are spread. The answer is a line of JSON with an error message for each process that
failed. `provider.load_token()` returns a new token object each time, so botocore's 60 s between two refreshes never
delays a process, as if it had just started.
"""

import json
import os
import random
import sys
import time

import botocore.session
from botocore.tokens import SSOTokenProvider


def work(profile: str, number: int, orders, results):
    chance = random.Random(number)
    provider = SSOTokenProvider(botocore.session.Session(profile=profile))
    provider._client  # created on first use; done here, so that no process is late in the first round
    results.write("\n")
    results.flush()
    while order := orders.readline():
        time.sleep(chance.random() * int(order) / 1000)
        error = ""
        try:
            assert provider.load_token().get_frozen_token().token
        except Exception as failure:  # noqa: BLE001
            error = f"{type(failure).__name__}: {failure}"
        results.write(error.replace("\n", " ") + "\n")
        results.flush()


def main(profile: str, count: int):
    workers = []
    for number in range(count):
        orders_out, orders_in = os.pipe()
        results_out, results_in = os.pipe()
        if os.fork() == 0:
            os.close(orders_in)
            for orders, results in workers:
                os.close(orders)
                results.close()
            work(profile, number, os.fdopen(orders_out), os.fdopen(results_in, "w"))
            os._exit(0)
        os.close(orders_out)
        os.close(results_in)
        workers.append((orders_in, os.fdopen(results_out)))
    for _, results in workers:
        results.readline()
    print("[]", flush=True)
    for line in sys.stdin:
        for orders, _ in workers:
            os.write(orders, line.encode())
        errors = [results.readline().rstrip("\n") for _, results in workers]
        print(json.dumps([error for error in errors if error]), flush=True)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
