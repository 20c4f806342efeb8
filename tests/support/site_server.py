"""One request to a server over an open connection."""


def ask(connection, path, method="GET", **headers):
    connection.request(
        method, path, headers={name.replace("_", "-"): value for name, value in headers.items()}
    )
    answer = connection.getresponse()
    return answer, answer.read()
