namespace Cairn.Projects;

/// <summary>One thing wrong with one field of a request.</summary>
/// <param name="Field">The field's name on the wire; a path such as <c>steps[2].event</c> inside lists.</param>
/// <param name="Detail">What is wrong, in a sentence.</param>
/// <param name="Valid">What would be right: a range, an example, the list of choices.</param>
public sealed record FieldError(string Field, string Detail, string Valid);
