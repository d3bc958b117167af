using Microsoft.Extensions.Logging;

namespace Cairn.Projects.Compaction;

public sealed partial class CompactionSchedule
{
    [LoggerMessage(4301, LogLevel.Information, "Table {Table} of project {ProjectId}: {Rows} rows appended, {Files} files merged")]
    static partial void LogDone(ILogger logger, string projectId, string table, long rows, long files);

    [LoggerMessage(4302, LogLevel.Warning, "Table {Table} of project {ProjectId} could not be looked after; the next run tries again")]
    static partial void LogTableFailed(ILogger logger, string projectId, string table, Exception exception);

    [LoggerMessage(4303, LogLevel.Warning, "The lease of compaction was lost; whoever has it goes on")]
    static partial void LogLeaseLost(ILogger logger);

    [LoggerMessage(4305, LogLevel.Error, "The recent file {File} of project {ProjectId} is damaged and was set aside as {Blob}; its rows count no more until it is mended and restored: {Reason}")]
    static partial void LogSetAside(ILogger logger, string projectId, string file, string blob, string reason);

    [LoggerMessage(4306, LogLevel.Error, "A file of table {Table} of project {ProjectId} is damaged and was dropped; it holds nothing that others don't, and the next run goes on without: {Reason}")]
    static partial void LogDropped(ILogger logger, string projectId, string table, string reason);

    [LoggerMessage(4304, LogLevel.Information, "Persons, profiles and groups of project {ProjectId} were made anew")]
    static partial void LogPeopleMade(ILogger logger, string projectId);
}
