using Cairn.Ingestion.Bodies;
using System.Text;

namespace Cairn.Ingestion.Mixpanel;

/// <summary>
/// The switches of a request, from its URL or, where they are not there, from its form: Python sends <c>verbose</c> and
/// <c>ip</c> in the body. <c>ip</c>, <c>test</c>, <c>_</c> and whatever else is sent mean nothing here.
/// </summary>
public struct MixpanelFlags
{
    /// <summary>Fields longer than this are no switches.</summary>
    const int MaxFieldBytes = 4096;

    Given given;

    /// <summary>Answer in JSON.</summary>
    public bool IsVerbose { get; private set; }

    /// <summary>Answer for each record, and refuse what is questionable.</summary>
    public bool IsStrict { get; private set; }

    /// <summary>Answer with a picture of one transparent pixel.</summary>
    public bool WantsImage { get; private set; }

    /// <summary>Answer with a call of this function; null where none is asked for.</summary>
    public string? Callback { get; private set; }

    /// <summary>Answer with a redirection; null where none is asked for.</summary>
    public string? Redirect { get; private set; }

    /// <summary>The import key of projects before 2020, or a project's secret or token in its place; null where none was sent.</summary>
    public string? ApiKey { get; private set; }

    /// <summary>Which project a service account means; null where none was sent.</summary>
    public string? ProjectId { get; private set; }

    /// <summary>The write token beside the payload (feature flags); null where none was sent.</summary>
    public string? Token { get; private set; }

    /// <summary>Reads a URL's query; a leading question mark is skipped.</summary>
    public static MixpanelFlags OfQuery(ReadOnlySpan<char> query)
    {
        var flags = new MixpanelFlags();
        if (query is ['?', ..]) query = query[1..];
        foreach (var range in query.Split('&')) flags.Set(query[range]);
        return flags;
    }

    /// <summary>Adds what a form has and the URL had not.</summary>
    public void AddForm(ReadOnlySpan<byte> form)
    {
        Span<char> chars = stackalloc char[256];
        foreach (var range in form.Split((byte)'&'))
        {
            var field = form[range];
            if (field.Length > MaxFieldBytes || field.StartsWith("data="u8)) continue;
            if (field.Length > chars.Length) chars = new char[MaxFieldBytes];
            Set(chars[..Encoding.UTF8.GetChars(field, chars)]);
        }
    }

    void Set(ReadOnlySpan<char> field)
    {
        var equals = field.IndexOf('=');
        if (equals < 0) return;
        var value = field[(equals + 1)..];
        switch (field[..equals])
        {
            case "verbose" when IsFirst(Given.Verbose): IsVerbose = IsOn(value); break;
            case "strict" when IsFirst(Given.Strict): IsStrict = IsOn(value); break;
            case "img" when IsFirst(Given.Image): WantsImage = IsOn(value); break;
            case "callback" when IsFirst(Given.Callback): Callback = Text(value); break;
            case "redirect" when IsFirst(Given.Redirect): Redirect = Text(value); break;
            case "api_key" when IsFirst(Given.ApiKey): ApiKey = Text(value); break;
            case "project_id" when IsFirst(Given.ProjectId): ProjectId = Text(value); break;
            case "token" when IsFirst(Given.Token): Token = Text(value); break;
        }
    }

    bool IsFirst(Given flag)
    {
        if ((given & flag) != 0) return false;
        given |= flag;
        return true;
    }

    static bool IsOn(ReadOnlySpan<char> value) => value is "1" || value.Equals("true", StringComparison.OrdinalIgnoreCase);

    static string? Text(ReadOnlySpan<char> value) =>
        value.IsEmpty ? null : Uri.UnescapeDataString(value.ToString().Replace('+', ' '));

    [Flags]
    enum Given
    {
        Verbose = 1,
        Strict = 2,
        Image = 4,
        Callback = 8,
        Redirect = 16,
        ApiKey = 32,
        ProjectId = 64,
        Token = 128,
    }
}
