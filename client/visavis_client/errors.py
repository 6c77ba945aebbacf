"""The one error of the client, with the server's stable codes."""


class SessionError(Exception):
    """Why a session could not be opened, or ended.

    Attributes:
        code: The server's (`server_full`, `unauthorized`, `token_expired`, ...), a closing's reason
            (`server_stopping`, ...), or the client's own: `network`, `timeout`, `media_failed`,
            `lost`, `goodbye`, `unsupported`.
        message: One sentence for people.
        status: The HTTP status; 0 if there was none.
        retry_after: Seconds after which trying again makes sense, or None.
    """

    def __init__(
        self, code: str, message: str = "", *, status: int = 0, retry_after: int | None = None
    ) -> None:
        super().__init__(f"{code}: {message}" if message else code)
        self.code = code
        self.message = message
        self.status = status
        self.retry_after = retry_after
