using Microsoft.Extensions.Logging;

namespace Cairn.Projects.Privacy;

sealed partial class SuppressionsRefresh
{
    [LoggerMessage(4101, LogLevel.Warning, "Suppressions could not be read again; those known stay in force")]
    static partial void LogNotRefreshed(ILogger logger, Exception exception);
}
