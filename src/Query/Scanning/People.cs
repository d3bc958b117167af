using System.Text.Json;
using Cairn.Model.Identity;
using Cairn.Model.Profiles;
using Cairn.Query.Filters;
using Cairn.Storage.Profiles;

namespace Cairn.Query.Scanning;

/// <summary>Whose events these are and what is known of them: a project's ids and profiles at one moment.</summary>
/// <param name="Profiles">Null where the report asks for no property of a person.</param>
public sealed record People(PersonMap Persons, IProfileMap? Profiles)
{
    /// <summary>A person's property now; undefined where the person has none.</summary>
    public Value Current(string person, string property) => Of(Profiles?.Current(person), property);

    /// <summary>A person's property as it was known when an event was received.</summary>
    public Value AtEvent(in SeenIds ids, string property) => Of(Profiles?.AsOf(ids), property);

    /// <summary>A profile's property as an expression sees it; undefined where there is none.</summary>
    public static Value Of(Profile? profile, string property)
    {
        if (profile?[property] is not { } found) return Value.Undefined;
        return found.Kind switch
        {
            JsonValueKind.String => Value.Of(found.Text),
            JsonValueKind.Number => Value.Of(found.Number),
            JsonValueKind.True => Value.True,
            JsonValueKind.False => Value.False,
            JsonValueKind.Array or JsonValueKind.Object => JsonValue.Parse(found.Text),
            JsonValueKind.Null or JsonValueKind.Undefined => Value.Undefined,
        };
    }
}
