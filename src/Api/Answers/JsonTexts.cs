using System.Text.Json;

namespace Cairn.Api.Answers;

/// <summary>Whether the texts of a request's JSON can be read: half of a surrogate pair (<c>"\ud83d"</c>) is valid JSON and no text.</summary>
static class JsonTexts
{
    /// <summary>False where some name or text holds half a character; reading it would throw.</summary>
    public static bool AreWhole(JsonElement element)
    {
        try
        {
            Touch(element);
            return true;
        }
        catch (InvalidOperationException)
        {
            return false; // What JsonElement throws for such a text, and for nothing else that is asked here.
        }
    }

    static void Touch(JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.String:
                _ = element.GetString();
                break;
            case JsonValueKind.Array:
                foreach (var item in element.EnumerateArray()) Touch(item);
                break;
            case JsonValueKind.Object:
                foreach (var member in element.EnumerateObject())
                {
                    _ = member.Name;
                    Touch(member.Value);
                }
                break;
            case JsonValueKind.Undefined or JsonValueKind.Null or JsonValueKind.True or JsonValueKind.False or JsonValueKind.Number:
                break;
        }
    }
}
