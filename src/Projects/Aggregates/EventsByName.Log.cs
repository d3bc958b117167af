using Microsoft.Extensions.Logging;

namespace Cairn.Projects.Aggregates;

public sealed partial class EventsByName
{
    [LoggerMessage(4201, LogLevel.Information, "Counted {Days} days of project {ProjectId}, {First:yyyy-MM-dd} to {Last:yyyy-MM-dd}")]
    static partial void LogCounted(ILogger logger, int days, string projectId, DateOnly first, DateOnly last);

    [LoggerMessage(4202, LogLevel.Warning, "Daily counts of project {ProjectId} could not be brought up to date; the next run tries again")]
    static partial void LogProjectFailed(ILogger logger, string projectId, Exception exception);
}
