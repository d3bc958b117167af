using System.Text.Json;

namespace Cairn.Model.Profiles;

/// <summary>Applies updates one after another to what is known of one person or group.</summary>
/// <remarks>
/// The caller brings them in order (<see cref="ProfileHistory"/>). What an operation can't do to a value it leaves alone: nothing
/// a sender writes is an error here. Meaning and worked examples: docs/semantics/profiles.md.
/// </remarks>
public sealed class ProfileFold
{
    static readonly JsonDocumentOptions Options = new() { MaxDepth = 128 };

    readonly Dictionary<string, PropertyValue> properties;
    bool exists;
    long updatedAtMs;
    bool hasChanged;
    Profile? result;

    /// <summary>Begins with nothing, or goes on where another fold ended.</summary>
    public ProfileFold(Profile? from = null)
    {
        exists = from is not null;
        updatedAtMs = from?.UpdatedAtMs ?? 0;
        result = from;
        properties = from is null ? new(StringComparer.Ordinal) : new(from.Properties, StringComparer.Ordinal);
    }

    /// <summary>What is known now; null where there is no profile. The same object until an update changes a value.</summary>
    public Profile? Result
    {
        get
        {
            if (!hasChanged) return result;
            hasChanged = false;
            return result = exists ? new(new Dictionary<string, PropertyValue>(properties, StringComparer.Ordinal), updatedAtMs) : null;
        }
    }

    /// <summary>Applies one update; false where its body is no JSON object, and then nothing has changed.</summary>
    public bool Apply(in ProfileUpdate update)
    {
        JsonDocument body;
        try
        {
            body = JsonDocument.Parse(LoneSurrogates.Mend(update.Operations), Options);
        }
        catch (JsonException)
        {
            return false;
        }
        using (body)
        {
            if (body.RootElement.ValueKind != JsonValueKind.Object) return false;
            updatedAtMs = update.Order.ReceivedAtMs;
            foreach (var member in body.RootElement.EnumerateObject())
                if (ProfileOperations.TryParse(member.Name, out var operation)) Apply(operation, member.Value);
        }
        return true;
    }

    void Apply(ProfileOperation operation, JsonElement argument)
    {
        switch (operation)
        {
            case ProfileOperation.Unset:
                foreach (var name in Names(argument)) hasChanged |= properties.Remove(name);
                return;
            case ProfileOperation.ClearAll:
                hasChanged |= properties.Count > 0;
                properties.Clear();
                return;
            case ProfileOperation.Delete:
                hasChanged |= exists;
                properties.Clear();
                exists = false;
                return;
        }
        if (argument.ValueKind != JsonValueKind.Object) return;
        // Taking away from nobody's profile makes none.
        if (!exists && operation != ProfileOperation.Remove) exists = hasChanged = true;
        foreach (var member in argument.EnumerateObject()) Change(operation, member.Name, member.Value);
    }

    void Change(ProfileOperation operation, string name, JsonElement argument)
    {
        var current = properties.GetValueOrDefault(name);
        if (argument.ValueKind == JsonValueKind.Null)
        {
            if (operation == ProfileOperation.Set) hasChanged |= properties.Remove(name);
            return;
        }
        var changed = operation switch
        {
            ProfileOperation.Set => PropertyValue.From(argument),
            ProfileOperation.SetOnce => current ?? PropertyValue.From(argument),
            ProfileOperation.Add => Addition.Of(current, argument),
            ProfileOperation.Append => ListChange.Append(current, argument),
            ProfileOperation.Prepend => ListChange.Prepend(current, argument),
            ProfileOperation.Union => ListChange.Union(current, argument),
            ProfileOperation.UnionFirst => ListChange.UnionFirst(current, argument),
            ProfileOperation.Remove => ListChange.Remove(current, argument),
            ProfileOperation.Merge => ObjectMerge.Of(current, argument),
            ProfileOperation.Unset or ProfileOperation.ClearAll or ProfileOperation.Delete => current,
        };
        if (changed is null || ReferenceEquals(changed, current) || (current is not null && changed.Json.Span.SequenceEqual(current.Json.Span))) return;
        properties[name] = changed;
        hasChanged = true;
    }

    /// <summary>The names in ["a", "b"], "a" or {"a": …}.</summary>
    static IEnumerable<string> Names(JsonElement argument) => argument.ValueKind switch
    {
        JsonValueKind.String => [argument.GetString()!],
        JsonValueKind.Array => argument.EnumerateArray().Where(name => name.ValueKind == JsonValueKind.String).Select(name => name.GetString()!),
        JsonValueKind.Object => argument.EnumerateObject().Select(member => member.Name),
        _ => [],
    };
}
