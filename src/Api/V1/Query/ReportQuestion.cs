using System.Text.Json;
using Cairn.Api.Problems;
using Cairn.Projects;
using Cairn.Projects.Keys;
using Cairn.Query.Definitions;
using Microsoft.AspNetCore.Http;
using NodaTime;

namespace Cairn.Api.V1.Query;

/// <summary>Reads a report's question.</summary>
/// <param name="number">The number whose people are asked for; null where the whole answer is.</param>
/// <returns>Null where <paramref name="errors"/> says what is wrong.</returns>
delegate TDefinition? QuestionReader<TDefinition, TNumber>(JsonElement body, ReportProject project, Instant now, List<FieldError> errors, out TNumber? number, out PeoplePage page);

/// <summary>What most reports' routes have in common: a question is answered whole, or with the people behind one number of the answer.</summary>
static class ReportQuestion
{
    /// <param name="people">All people behind a number, by the order of their ids.</param>
    /// <param name="stored">The answer where it was computed before; null: none ever was.</param>
    public static Task<IResult> AskAsync<TDefinition, TNumber>(
        this V1Door door,
        HttpRequest request,
        QuestionReader<TDefinition, TNumber> read,
        Func<TDefinition, TNumber, Task<(IReadOnlyList<string> People, Coverage Coverage)>> people,
        Func<TDefinition, Task<IResult>> answer,
        Func<JsonElement, ReportProject, Task<IResult?>>? stored = null)
        where TDefinition : class
        where TNumber : class =>
        door.AskAsync(request, Role.Viewer, async (body, project, now) =>
        {
            var errors = new List<FieldError>();
            if (read(body, project, now, errors, out var number, out var page) is not { } definition) return Problem.InvalidField(errors);
            if (number is null) return (stored is null ? null : await stored(body, project)) ?? await answer(definition);
            var (found, coverage) = await people(definition, number);
            return ReportAnswer.Of(request, page, found, coverage);
        });
}
