using Microsoft.Extensions.Logging;

namespace Cairn.Projects.Reports.Daily;

public sealed partial class DailyReports
{
    [LoggerMessage(4211, LogLevel.Debug, "Computed report {ReportId} of project {ProjectId} as of {Date:yyyy-MM-dd}")]
    static partial void LogComputed(ILogger logger, string reportId, string projectId, DateOnly date);

    [LoggerMessage(4212, LogLevel.Warning, "Report {ReportId} of project {ProjectId} could not be asked as of {Date:yyyy-MM-dd}")]
    static partial void LogReportFailed(ILogger logger, string reportId, string projectId, DateOnly date, Exception exception);

    [LoggerMessage(4213, LogLevel.Warning, "Daily reports of project {ProjectId} could not be brought up to date; the next run tries again")]
    static partial void LogProjectFailed(ILogger logger, string projectId, Exception exception);
}
