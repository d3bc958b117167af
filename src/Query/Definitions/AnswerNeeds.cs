using Cairn.Query.Filters;
using NodaTime;

namespace Cairn.Query.Definitions;

/// <summary>What an answer depends on: for who keeps it, and must know when it is no longer right.</summary>
/// <param name="FirstEvent">No event before this moment matters.</param>
/// <param name="ReadsProfiles">Whether what is known of people or groups matters beside their events.</param>
public sealed record AnswerNeeds(Instant FirstEvent, bool ReadsProfiles)
{
    /// <summary>All there is.</summary>
    public static AnswerNeeds Everything { get; } = new(Instant.MinValue, true);

    /// <summary>What a report needs that reads these properties, and rows from some moment on.</summary>
    public static AnswerNeeds Of(Instant firstEvent, IReadOnlyCollection<PropertyReference> properties) =>
        // Who is in a cohort may depend on anything.
        properties.Any(property => property.Scope == PropertyScope.Cohort) ? Everything
        : new(firstEvent, properties.Any(property => property.Scope is PropertyScope.User or PropertyScope.UserAtEvent or PropertyScope.Group or PropertyScope.GroupProfile));
}
