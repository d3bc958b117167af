namespace Cairn.Api.Ingest;

/// <summary>Content types of answers.</summary>
static class MediaTypes
{
    public const string Json = "application/json";

    /// <summary>What Amplitude's form endpoints call their texts.</summary>
    public const string Html = "text/html;charset=utf-8";
}
