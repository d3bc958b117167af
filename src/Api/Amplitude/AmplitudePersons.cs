using System.Collections.Concurrent;
using Cairn.Query.Definitions;
using Cairn.Query.Persons;

namespace Cairn.Api.Amplitude;

/// <summary>Which persons the numbers stand for that answers gave: a number can't be turned back into an id, and a search of everybody is dear.</summary>
/// <remarks>Whoever asks for a user's activity has the number from a search; another process, or one that forgot, searches once more.</remarks>
public sealed class AmplitudePersons(PersonSearch search)
{
    /// <summary>Numbers that are remembered; all are forgotten when there are more.</summary>
    const int MaxRemembered = 100_000;

    readonly ConcurrentDictionary<(string ProjectId, long Number), string> known = new();

    /// <summary>Remembers that an answer gives a person's number.</summary>
    public void Remember(ReportProject project, string person)
    {
        if (known.Count >= MaxRemembered) known.Clear();
        known[(project.Id, AmplitudeId.Of(person))] = person;
    }

    /// <summary>The person's id by which the number was given; null where it was not, or is forgotten.</summary>
    public string? Recall(ReportProject project, long number) => known.GetValueOrDefault((project.Id, number));

    /// <summary>The person of a number, by looking through everybody; null where nobody has it.</summary>
    public async Task<string?> SearchAsync(ReportProject project, long number, CancellationToken cancellationToken)
    {
        var found = await search.FindAsync(project, person => AmplitudeId.Of(person) == number, null, null, cancellationToken);
        if (found.Count == 0) return null;
        Remember(project, found[0].Person);
        return found[0].Person;
    }
}
