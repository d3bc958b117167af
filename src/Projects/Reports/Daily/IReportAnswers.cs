using Cairn.Query.Definitions;

namespace Cairn.Projects.Reports.Daily;

/// <summary>Asks saved questions; the room that reads and writes their JSON implements it.</summary>
public interface IReportAnswers
{
    /// <summary>The answer as of the end of a day: events after it are left out.</summary>
    /// <exception cref="DefinitionException">It can't be asked, or not any more.</exception>
    /// <exception cref="Cairn.Query.Filters.ExpressionException">A condition met a value it can't judge.</exception>
    Task<ComputedAnswer> AnswerAsync(SavedReport report, ReportProject project, DateOnly asOf, CancellationToken cancellationToken);

    /// <summary>What that answer depends on.</summary>
    /// <exception cref="DefinitionException">It can't be asked, or not any more.</exception>
    AnswerNeeds NeedsOf(SavedReport report, ReportProject project, DateOnly asOf);
}

/// <summary>An answer as it will be sent.</summary>
/// <param name="Json">One object.</param>
/// <param name="DataUpTo">The newest receipt that it could see; null without rows.</param>
public sealed record ComputedAnswer(string Json, DateTimeOffset? DataUpTo);
