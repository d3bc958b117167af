using System.Globalization;
using System.Text.Json;
using Cairn.Api.Answers;
using Cairn.Api.Bodies;
using Microsoft.AspNetCore.Http;
using NodaTime;
using NodaTime.Text;

namespace Cairn.Api.Mixpanel;

/// <summary>The parameters of a query request: from the query string, a form or a JSON body, the first that has one.</summary>
/// <remarks>Clients mix: scripts use GET, older libraries post forms, newer ones JSON. Empty counts as absent.</remarks>
public sealed class MixpanelParameters
{
    /// <summary>Bytes of a form or JSON body; an expression with thousands of ids fits.</summary>
    public const int MaxBodyBytes = 1024 * 1024;

    readonly Dictionary<string, string> values = new(StringComparer.Ordinal);

    public static async ValueTask<MixpanelParameters> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        var parameters = new MixpanelParameters();
        foreach (var (name, value) in request.Query) parameters.Add(name, value.ToString());
        if (!HttpMethods.IsPost(request.Method)) return parameters;
        if (request.HasFormContentType)
        {
            await parameters.AddFormAsync(request, cancellationToken);
        }
        else if (request.ContentLength is null or > 0)
        {
            await parameters.AddJsonAsync(request, cancellationToken);
        }
        return parameters;
    }

    /// <summary>A parameter; null where absent or empty.</summary>
    public string? this[string name] => values.GetValueOrDefault(name);

    /// <exception cref="MixpanelParameterException">It is absent.</exception>
    public string Required(string name) => this[name] ?? throw new MixpanelParameterException(name, "is required");

    /// <summary>A whole number within bounds.</summary>
    public int Whole(string name, int least, int most, int fallback)
    {
        if (this[name] is not { } text) return fallback;
        if (!int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) || number < least)
            throw new MixpanelParameterException(name, $"must be a whole number from {least} to {most}");
        return Math.Min(number, most);
    }

    /// <summary>A day; null where absent.</summary>
    public LocalDate? Date(string name)
    {
        if (this[name] is not { } text) return null;
        var parsed = LocalDatePattern.Iso.Parse(text);
        return parsed.Success && parsed.Value.Year is >= 1970 and <= 2999 ? parsed.Value : throw new MixpanelParameterException(name, "invalid date, give YYYY-MM-DD", isError: true);
    }

    public bool Flag(string name) => this[name]?.ToLowerInvariant() is "true" or "1";

    /// <summary>A list given as JSON text, or one bare text; null where absent.</summary>
    public IReadOnlyList<string>? Texts(string name)
    {
        if (this[name] is not { } text) return null;
        if (!text.TrimStart().StartsWith('[')) return [Unquoted(text)];
        try
        {
            using var list = JsonDocument.Parse(text);
            if (!JsonTexts.AreWhole(list.RootElement)) throw new MixpanelParameterException(name, "must be a JSON list of texts");
            return [.. list.RootElement.EnumerateArray().Select(item => item.ValueKind == JsonValueKind.String ? item.GetString()! : item.GetRawText())];
        }
        catch (JsonException)
        {
            throw new MixpanelParameterException(name, "must be a JSON list of texts");
        }
    }

    /// <summary>A text that a client may have wrapped as JSON: <c>"Signed up"</c>.</summary>
    static string Unquoted(string text)
    {
        if (text.Length < 2 || text[0] != '"' || text[^1] != '"') return text;
        try
        {
            using var json = JsonDocument.Parse(text);
            return JsonTexts.AreWhole(json.RootElement) ? json.RootElement.GetString()! : text;
        }
        catch (JsonException)
        {
            return text; // An event may well be called so.
        }
    }

    async Task AddFormAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        try
        {
            foreach (var (name, value) in await BoundedBody.ReadFormAsync(request, MaxBodyBytes, cancellationToken)) Add(name, value.ToString());
        }
        catch (InvalidDataException e)
        {
            throw new MixpanelParameterException("the body", e.Message);
        }
    }

    async Task AddJsonAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        if (await BoundedBody.ReadAsync(request, MaxBodyBytes, cancellationToken) is not { } body) throw new MixpanelParameterException("the body", $"is larger than {MaxBodyBytes} bytes");
        if (body.IsEmpty) return;
        try
        {
            using var json = JsonDocument.Parse(body);
            if (json.RootElement.ValueKind != JsonValueKind.Object || !JsonTexts.AreWhole(json.RootElement)) throw new MixpanelParameterException("the body", "must be a JSON object");
            foreach (var member in json.RootElement.EnumerateObject())
                Add(member.Name, member.Value.ValueKind == JsonValueKind.String ? member.Value.GetString()! : member.Value.ValueKind == JsonValueKind.Null ? "" : member.Value.GetRawText());
        }
        catch (JsonException)
        {
            throw new MixpanelParameterException("the body", "is neither a form nor JSON");
        }
    }

    void Add(string name, string value)
    {
        if (value.Length > 0) values.TryAdd(name, value);
    }
}

/// <summary>A parameter that can't be used; answered as 400 with its name.</summary>
/// <param name="isError">Whether the vendor words it "Error in …: …", as it does for what it can't read.</param>
public sealed class MixpanelParameterException(string name, string problem, bool isError = false) : Exception(isError ? $"Error in {name}: {problem}" : $"{name} {problem}");
