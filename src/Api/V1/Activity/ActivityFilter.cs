using Cairn.Projects;
using Cairn.Query.Definitions;
using Cairn.Query.Filters;
using Cairn.Query.Persons;
using Microsoft.AspNetCore.Http;
using NodaTime;
using NodaTime.Text;

namespace Cairn.Api.V1.Activity;

/// <summary>Reads which entries of a person's activity are asked for: <c>event</c> (several times), <c>where</c>, <c>from</c> and <c>to</c>.</summary>
static class ActivityFilter
{
    const string WhereValid = "an expression such as properties[\"plan\"] == \"pro\"";

    /// <summary>Null where <paramref name="errors"/> says what is wrong.</summary>
    public static HistoryFilter? Read(IQueryCollection query, ReportProject project, List<FieldError> errors)
    {
        var (from, to) = (Date(query, "from", errors), Date(query, "to", errors));
        if (to < from) errors.Add(new("to", "It is before from.", "a day not before from"));
        var condition = Where(query["where"].ToString(), errors);
        if (errors.Count > 0) return null;
        var range = new TimeRange(
            from is { } first ? project.Zone.AtStartOfDay(first).ToInstant() : Instant.MinValue,
            to is { } last ? project.Zone.AtStartOfDay(last.PlusDays(1)).ToInstant() : Instant.MaxValue);
        return new(range, [.. query["event"].Where(name => !string.IsNullOrEmpty(name)).OfType<string>()], condition);
    }

    static LocalDate? Date(IQueryCollection query, string name, List<FieldError> errors)
    {
        if (query[name].ToString() is not { Length: > 0 } text) return null;
        if (LocalDatePattern.Iso.Parse(text) is { Success: true, Value: { Year: >= 1970 and <= 2999 } date }) return date;
        errors.Add(new(name, $"'{text}' is no date from 1970 to 2999.", "YYYY-MM-DD"));
        return null;
    }

    static Expression? Where(string text, List<FieldError> errors)
    {
        if (text.Length == 0) return null;
        try
        {
            var condition = ExpressionParser.Parse(text);
            // Compiling refuses, by their form, conditions that are none.
            CompiledExpression.Compile(condition);
            return condition;
        }
        catch (ExpressionException e)
        {
            errors.Add(new("where", e.Message, WhereValid));
            return null;
        }
    }
}
