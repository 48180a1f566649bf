using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.AspNetCore.Mvc.ViewFeatures;
using Microsoft.AspNetCore.Razor.TagHelpers;

namespace IncidentDesk.Web.Pages;

/// <summary>
/// A field of a form: label, input, what it is for, and beside it why it was refused. What was typed stands there again, a secret never. Where it has a body, that is the
/// control, with the field's name as its id.
/// </summary>
[HtmlTargetElement("field", Attributes = "name,label")]
public sealed class FieldTag : TagHelper
{
    /// <summary>The name of the field, and of a refusal's.</summary>
    public string Name { get; set; } = "";

    /// <summary>What it is called.</summary>
    public string Label { get; set; } = "";

    /// <summary>What to put in; null: plain.</summary>
    public string? Hint { get; set; }

    /// <summary>The type of the input.</summary>
    public string Type { get; set; } = "text";

    /// <summary>What stands in it before anybody types.</summary>
    public string? Value { get; set; }

    /// <summary>Whether it is a group of choices: its name is a legend.</summary>
    public bool Group { get; set; }

    /// <summary>Where it stands.</summary>
    [ViewContext, HtmlAttributeNotBound]
    public ViewContext View { get; set; } = null!;

    /// <inheritdoc/>
    public override async Task ProcessAsync(TagHelperContext context, TagHelperOutput output)
    {
        var page = (DeskPage)View.ViewData.Model!;
        var error = page.Refused is { } refused && string.Equals(refused.Field, Name, StringComparison.OrdinalIgnoreCase) && !page.RefusalShown ? refused : null;
        page.RefusalShown |= error is not null;
        var words = View.HttpContext.RequestServices.GetRequiredService<Words>();
        var body = await output.GetChildContentAsync();
        var (label, input) = (new TagBuilder(Group ? "legend" : "label"), new TagBuilder("input") { TagRenderMode = TagRenderMode.SelfClosing });
        label.InnerHtml.Append(Label);
        if (!Group)
        {
            label.Attributes["for"] = Name;
        }

        var described = string.Join(' ', new[] { Hint is null ? null : Name + "-hint", error is null ? null : Name + "-error" }.OfType<string>());
        input.Attributes["id"] = input.Attributes["name"] = Name;
        input.Attributes["type"] = Type;
        if (Type != "password" && !PageDoor.IsSecret(Name))
        {
            input.Attributes["value"] = page.IsPosted && View.HttpContext.Request.Form.ContainsKey(Name) ? page.Typed(Name) : Value ?? "";
        }

        foreach (var other in output.Attributes)
        {
            input.Attributes[other.Name] = other.Value?.ToString() ?? other.Name;
        }

        if (described.Length > 0)
        {
            input.Attributes["aria-describedby"] = described;
        }

        if (error is not null)
        {
            input.Attributes["aria-invalid"] = "true";
            input.Attributes["autofocus"] = "autofocus";
        }

        output.Attributes.Clear();
        output.TagName = Group ? "fieldset" : "div";
        output.Attributes.SetAttribute("class", error is null ? "field" : "field wrong");
        output.TagMode = TagMode.StartTagAndEndTag;
        output.Content.SetHtmlContent(label);
        Say("hint", Hint);
        Say("error", error is null ? null : words.Of(error));
        _ = body.IsEmptyOrWhiteSpace ? output.Content.AppendHtml(input) : output.Content.AppendHtml(body.GetContent());

        void Say(string what, string? sentence)
        {
            if (sentence is not null)
            {
                var said = new TagBuilder("p");
                said.Attributes["id"] = $"{Name}-{what}";
                said.Attributes["class"] = what;
                said.InnerHtml.Append(sentence);
                output.Content.AppendHtml(said);
            }
        }
    }
}
